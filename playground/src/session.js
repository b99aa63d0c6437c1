// Who the page speaks as. The buttons of the bar work on this, and so does every request that GraphiQL sends.

import { storeOrigins } from './pictures.js';

const ENDPOINT = '/graphql';

/** Whom the demo's bar signs in: the first one is chosen at the beginning. */
const PEOPLE = {
  mara_lind: 'baker',
  yusuf_tide: 'harbour pilot',
  leo_is_10: 'ten years old',
  tomas_ferro: 'moderator',
  ines_okafor: 'administrator',
};

/** The demo's password: the server puts it into the page in demo mode only. */
export const demoPassword = document.querySelector('meta[name="rookery-demo-password"]')?.content;

let token = null; // in memory only: a reload is a guest again
let handle = null; // whose it is

/**
 * `fetch` with the token of the signed-in person, unless the headers editor names its own Authorization.
 * An expired token (401) is replaced once.
 */
export async function fetchAsViewer(url, init) {
  const own = token;
  const headers = new Headers(init.headers);
  if (!own || headers.has('authorization')) {
    return fetch(url, init);
  }
  const send = () => fetch(url, { ...init, headers: { ...Object.fromEntries(headers), authorization: `Bearer ${token}` } });
  const response = await send();
  if (response.status !== 401) {
    return response;
  }
  if (token === own) {
    await signIn(handle);
  }
  return token ? send() : response;
}

let isOver = false; // the server has closed the socket, as the token had expired

/** A socket speaks as whoever is signed in when it opens. It opens with the first subscription and closes with the last. */
export const socketOptions = {
  url: new URL(ENDPOINT, location.href.replace(/^http/, 'ws')).href,
  connectionParams: async () => {
    if (isOver && token) {
      await signIn(handle);
    }
    isOver = false;
    return token ? { Authorization: `Bearer ${token}` } : {};
  },
  on: {
    closed: ({ code }) => {
      isOver = code === 4403;
    },
  },
};

/** Runs one operation outside GraphiQL's editors, as the signed-in person. */
export async function run(query, variables, headers) {
  const response = await fetchAsViewer(ENDPOINT, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  }).catch(() => {
    throw new Error('The server cannot be reached.');
  });
  return response.json();
}

/** Runs a mutation with one `input` and answers its payload, or throws what the server says against it. */
export async function mutate(name, fields, input) {
  const type = `${name[0].toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation($input: ${type}!) { ${name}(input: $input) { ${fields} userErrors { message } } }`;
  const { data, errors } = await run(query, { input });
  const payload = data?.[name];
  const problem = payload?.userErrors?.[0] ?? errors?.[0];
  if (problem) {
    throw new Error(problem.message);
  }
  return payload;
}

async function signIn(login) {
  token = null;
  const answer = await run(
    'mutation SignIn($input: SignInInput!) { signIn(input: $input) { session { accessToken } userErrors { message } } }',
    { input: { login, password: demoPassword } },
  ).catch((error) => ({ errors: [error] }));
  const payload = answer.data?.signIn;
  token = payload?.session?.accessToken ?? null;
  handle = login;
  const problem = payload?.userErrors?.[0] ?? answer.errors?.[0];
  show(token ? undefined : `Sign-in failed: ${problem?.message ?? 'no session came back'}`);
}

async function signOut() {
  const authorization = `Bearer ${token}`;
  token = null;
  show();
  // Ends the session on the server too. The page has forgotten the token either way, so a failure changes nothing.
  await run('mutation SignOut { signOut(input: {}) { revokedSessionId } }', {}, { authorization }).catch(() => {});
}

const element = (id) => document.getElementById(id);

/** Brings the bar in line with the token. */
function show(problem) {
  element('status').textContent = problem ?? (token ? `Signed in as ${handle}: every tab sends the token` : 'Guest: you see what is public');
  element('status').classList.toggle('problem', Boolean(problem));
  element('person').hidden = Boolean(token);
  element('sign-in').hidden = Boolean(token);
  element('sign-out').hidden = !token;
  element('attach').hidden = !token || storeOrigins.length === 0;
}

/** Shows the bar if the server is a demo. */
export function startBar(restoreExamples) {
  if (!demoPassword) {
    return;
  }
  const person = element('person');
  person.append(...Object.entries(PEOPLE).map(([name, role]) => new Option(`${name}, ${role}`, name)));
  const busy = (action) => async ({ currentTarget: button }) => {
    button.disabled = true;
    await action().finally(() => { button.disabled = false; });
  };
  element('sign-in').addEventListener('click', busy(() => signIn(person.value)));
  element('sign-out').addEventListener('click', busy(signOut));
  element('restore').addEventListener('click', restoreExamples);
  element('bar').hidden = false;
  show();
}
