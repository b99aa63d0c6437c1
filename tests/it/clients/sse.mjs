// The stock client for GraphQL over SSE: a query, and a subscription until it has seen so many.
//
//   node sse.mjs ENDPOINT PASSWORD MESSAGES

import { createClient } from 'graphql-sse';

const [url, password, count] = process.argv.slice(2);
let token;
const client = createClient({ url, headers: () => (token ? { authorization: `Bearer ${token}` } : {}) });

async function once(query, input) {
  for await (const { data, errors } of client.iterate({ query, variables: { input } })) {
    if (errors) {
      throw new Error(JSON.stringify(errors));
    }
    return data;
  }
}

const signed = await once(
  'mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }',
  { login: 'mara_lind', password },
);
token = signed.signIn.session.accessToken;
const { startConversation } = await once(
  'mutation ($input: StartConversationInput!) { startConversation(input: $input) { conversation { id } userErrors { message } } }',
  { kind: 'GROUP', title: 'notes', memberIds: [] },
);
const conversationId = startConversation.conversation.id;
const say = (body) =>
  once(
    'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { messageEdge { cursor } userErrors { message } } }',
    { conversationId, body },
  );
const after = (await say('the first')).sendMessage.messageEdge.cursor;

const talking = (async () => {
  for (let n = 2; n <= Number(count) + 1; n += 1) {
    await say(`message ${n}`);
  }
})();
const shown = [];
const query = 'subscription ($id: ID!, $after: String) { messageAdded(conversationId: $id, after: $after) { node { sequence } } }';
for await (const { data } of client.iterate({ query, variables: { id: conversationId, after } })) {
  shown.push(data.messageAdded.node.sequence);
  if (shown.length >= Number(count)) {
    break;
  }
}
await talking;
console.log(JSON.stringify({ shown }));
process.exit(0);
