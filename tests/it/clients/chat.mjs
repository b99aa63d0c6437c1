// The README's chat, as it stands there, with what it takes for granted: a session that is renewed,
// and somebody at the other end who goes on writing. Prints what was shown and how often it
// connected.
//
//   node chat.mjs README ENDPOINT PASSWORD MESSAGES

import { readFile, writeFile } from 'node:fs/promises';
import WebSocket from 'ws';

const [readme, endpoint, password, count] = process.argv.slice(2);
globalThis.WebSocket ??= WebSocket; // Node has had its own since 22

async function ask(query, input, token) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data, errors } = await response.json();
  if (errors) {
    throw new Error(JSON.stringify(errors));
  }
  return data;
}

const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } viewer { user { id } } } }';
const START = `mutation ($input: StartConversationInput!) { startConversation(input: $input) {
  conversation { id } userErrors { message } } }`;
const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
  messageEdge { cursor } userErrors { message } } }`;

const signIn = async (login) => (await ask(SIGN_IN, { login, password })).signIn;
const reader = await signIn('mara_lind');
const { conversation } = (
  await ask(
    START,
    { kind: 'GROUP', title: 'chat', memberIds: [reader.viewer.user.id] },
    (await signIn('tomas_ferro')).session.accessToken,
  )
).startConversation;

async function say(body) {
  const { session } = await signIn('tomas_ferro');
  const { sendMessage } = await ask(SEND, { conversationId: conversation.id, body }, session.accessToken);
  return sendMessage.messageEdge.cursor;
}

const shown = [];
let connections = 0;
globalThis.chat = {
  conversationId: conversation.id,
  cursor: await say('the first'),
  // What a client's session keeps ready.
  accessToken: async () => {
    connections += 1;
    return (await signIn('mara_lind')).session.accessToken;
  },
  show: ({ sequence }) => {
    shown.push(sequence);
    if (shown.length >= Number(count)) {
      console.log(JSON.stringify({ shown, connections }));
      process.exit(0);
    }
  },
};

const snippet = (await readFile(readme, 'utf8')).match(/^## Chat in ten lines\n[^]*?```js\n([^]*?)```/m)[1];
const given = 'const { accessToken, conversationId, cursor, show } = globalThis.chat;\n';
const text = snippet
  .replace(/\n\n/, `\n${given}\n`)
  .replace(/ws:\/\/127\.0\.0\.1:8000\/graphql/, endpoint.replace('http', 'ws'));
await writeFile('snippet.mjs', text);
import('./snippet.mjs').catch((error) => {
  console.error(error);
  process.exit(1);
});
for (let n = 2; ; n += 1) {
  await say(`message ${n}`);
  await new Promise((done) => setTimeout(done, 150));
}
