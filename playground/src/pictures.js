// The pictures that an answer names, in a strip below GraphiQL: an address alone says little.

/** Where the server's media are: the page may load from there. None, if the server keeps no media. */
export const storeOrigins = document.querySelector('meta[name="rookery-store"]')?.content.split(' ') ?? [];

const PICTURE = /\.(avif|gif|jpg|png|webp)$/;
const MOST = 24;

/** Collects the addresses of pictures in an answer with what is said of them: one form of each picture. */
function collect(value, said, found) {
  if (typeof value === 'string' && storeOrigins.some((origin) => value.startsWith(`${origin}/`))) {
    const { origin, pathname } = new URL(value);
    const picture = origin + pathname.replace(/[^/]*$/, '');
    if (PICTURE.test(pathname) && !found.has(picture)) {
      found.set(picture, { address: value, said });
    }
  } else if (value && typeof value === 'object') {
    Object.values(value).forEach((part) => collect(part, value.altText, found));
  }
}

/** Shows the pictures of an answer, instead of those of the last one. */
export function showPictures(answer) {
  const found = new Map();
  collect(answer.data, undefined, found);
  const items = [...found.values()].slice(0, MOST).map(({ address, said }) => {
    const picture = Object.assign(new Image(), { src: address, alt: said || 'Picture' });
    const link = Object.assign(document.createElement('a'), { href: address, target: '_blank', rel: 'noreferrer', title: picture.alt });
    const item = document.createElement('li');
    picture.addEventListener('error', () => item.remove()); // its address has ended
    link.append(picture);
    item.append(link);
    return item;
  });
  const strip = document.getElementById('pictures');
  strip.replaceChildren(...items);
  strip.hidden = items.length === 0;
}
