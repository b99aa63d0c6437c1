// Apollo's client with automatic persisted queries: what it asked, how that was answered, and what
// it made of it.
//
//   node apollo.mjs ENDPOINT GET|POST

import { createHash } from 'node:crypto';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';

const [uri, method] = process.argv.slice(2);
const requests = [];
const recording = async (url, options) => {
  const sent = options.method === 'GET' ? new URL(url).searchParams : new Map(Object.entries(JSON.parse(options.body)));
  const response = await fetch(url, options);
  requests.push(`${options.method} ${sent.has('query') ? 'text' : 'hash'} ${response.status}`);
  return response;
};
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: new PersistedQueryLink({
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
    useGETForHashedQueries: method === 'GET',
  }).concat(new HttpLink({ uri, fetch: recording })),
});
const query = gql`
  query Profile($handle: String!) {
    user(handle: $handle) {
      handle
    }
  }
`;
const shown = [];
for (const handle of ['mara_lind', 'mara_lind', 'nobody_at_all']) {
  const { data } = await client.query({ query, variables: { handle }, fetchPolicy: 'no-cache' });
  shown.push(data.user?.handle ?? null);
}
console.log(JSON.stringify({ requests, shown }));
process.exit(0);
