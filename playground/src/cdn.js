// Entry point without a bundle: the libraries are globals of the script tags in cdn.html.

import { start } from './app.js';

const { React, ReactDOM, GraphiQL, graphqlWs } = globalThis;
if (React && ReactDOM && GraphiQL && graphqlWs) {
  start({
    createElement: React.createElement,
    createRoot: ReactDOM.createRoot,
    createClient: graphqlWs.createClient,
    createGraphiQLFetcher: GraphiQL.createFetcher,
    GraphiQL,
  });
} else {
  document.getElementById('graphiql').textContent =
    'GraphiQL could not be loaded: this binary was built without npm, so the page needs the CDN. The API itself is at /graphql.';
}
