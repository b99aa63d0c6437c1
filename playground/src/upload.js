// "Attach a picture": from a file on this machine to a picture that a post can carry. The server says where to send the
// bytes, and the browser sends them there, to the store.

import { mutate, run } from './session.js';

/** How long a picture may take to be made ready, and how often the server is asked. */
const PATIENCE = 60_000;
const PAUSE = 500;

const FAILURES = {
  MISSING: 'Nothing has arrived at the store.',
  WRONG_SIZE: 'It has changed while it was sent.',
  WRONG_TYPE: 'It is of another type than its name says.',
  UNREADABLE: 'It is broken.',
  TOO_LARGE: 'It has too many pixels.',
  QUOTA_EXCEEDED: 'There is no room left for it.',
};

/** A mutation that posts a picture. */
const post = (id, name) => `# ${name.replace(/\s+/g, ' ')}
#
# Say what it shows, write what you like with it,
# and run this.

mutation PostAPicture {
  updateMedia(
    input: {
      mediaId: "${id}"
      altText: "Say here what it shows"
    }
  ) {
    userErrors { code message path }
  }
  createPost(
    input: {
      body: "Look what I saw at the #harbour"
      mediaIds: ["${id}"]
    }
  ) {
    postEdge {
      node {
        id
        body
        media { altText url(variant: SMALL) }
      }
    }
    userErrors { code message path }
  }
}
`;

/** Sends a file to the store and has it made ready. Answers its id and where its thumbnail is. */
async function upload(file, tell) {
  tell(`Sending ${file.name} (${size(file.size)})…`);
  const announced = { purpose: 'POST', contentType: file.type || 'unknown', byteSize: file.size };
  const fields = 'upload { media { id } url method headers { name value } }';
  const { upload } = await mutate('createUpload', fields, announced);
  const headers = Object.fromEntries(upload.headers.map(({ name, value }) => [name, value]));
  const sent = await fetch(upload.url, { method: upload.method, headers, body: file }).catch(() => {
    throw new Error('The store cannot be reached.');
  });
  if (!sent.ok) {
    throw new Error(`The store has refused it (status ${sent.status}).`);
  }
  tell(`Making ${file.name} ready…`);
  const mediaId = upload.media.id;
  await mutate('completeUpload', 'media { id }', { mediaId });
  return { id: mediaId, address: await ready(mediaId) };
}

/** Waits until a picture is ready. Answers where its thumbnail is. */
async function ready(id) {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    const query = 'query($id: ID!) { node(id: $id) { ... on Media { status failureReason thumbnail: url(variant: THUMBNAIL) url } } }';
    const { data } = await run(query, { id });
    const media = data?.node;
    if (media?.status === 'READY') {
      return media.thumbnail ?? media.url; // AVIF has no thumbnail
    }
    if (media?.status === 'FAILED') {
      throw new Error(FAILURES[media.failureReason] ?? media.failureReason);
    }
    await new Promise((done) => setTimeout(done, PAUSE));
  }
  throw new Error('It is still not ready. Try again later.');
}

const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** Puts a text into the clipboard and says so on the button, or says that the browser does not let it. */
async function copy(text, button) {
  const label = button.textContent;
  button.textContent = await navigator.clipboard.writeText(text).then(() => 'Copied', () => 'Not allowed');
  button.disabled = true;
  setTimeout(() => Object.assign(button, { textContent: label, disabled: false }), 1500);
}

/** Lets the bar's button work. `openTab` answers how to open a text in a new tab, if GraphiQL can. */
export function startUpload(openTab) {
  const element = (id) => document.getElementById(id);
  const [button, input, panel, preview] = ['attach', 'attach-file', 'upload', 'upload-preview'].map(element);
  const [copyId, postIt, close] = ['upload-copy', 'upload-post', 'upload-close'].map(element);
  let done; // what was attached last, while the panel shows it

  const tell = (text, problem = false) => {
    element('upload-status').textContent = text;
    element('upload-status').classList.toggle('problem', problem);
    panel.hidden = false;
    preview.hidden = copyId.hidden = postIt.hidden = !done;
  };
  const attach = async (file) => {
    button.disabled = true;
    close.hidden = true;
    done = undefined;
    try {
      done = { name: file.name, ...(await upload(file, tell)) };
      Object.assign(preview, { src: done.address, alt: file.name });
      tell(`${file.name} is ready.`);
    } catch (error) {
      tell(`${file.name} was not attached. ${error.message}`, true);
    }
    button.disabled = false;
    close.hidden = false;
  };

  button.addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    const [file] = input.files;
    if (file) {
      attach(file);
    }
    input.value = ''; // so that the same file can be chosen again
  });
  copyId.addEventListener('click', () => copy(done.id, copyId));
  postIt.addEventListener('click', () => {
    const [open, text] = [openTab(), post(done.id, done.name)];
    if (open) {
      open(text);
    } else {
      copy(text, postIt);
    }
  });
  close.addEventListener('click', () => {
    panel.hidden = true;
    button.focus();
  });
}
