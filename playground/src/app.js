// The page itself. It takes the libraries as arguments, because they come from the bundle (main.js) or, where the
// binary was built without npm, from script tags (cdn.js).

import { showPictures } from './pictures.js';
import { demoPassword, fetchAsViewer, socketOptions, startBar } from './session.js';
import { startUpload } from './upload.js';

// GraphiQL's tabs live in the browser's storage. The prefix keeps them apart from those of any other GraphiQL that was
// ever served from this address, which on localhost is likely.
const PREFIX = 'rookery:';
const storage = {
  getItem: (key) => localStorage.getItem(PREFIX + key),
  setItem: (key, value) => localStorage.setItem(PREFIX + key, value),
  removeItem: (key) => localStorage.removeItem(PREFIX + key),
  get length() {
    return keys().length;
  },
  clear: () => keys().forEach((key) => localStorage.removeItem(key)),
};
const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

/** The examples that the server put into the page, one tab each. */
function exampleTabs() {
  const password = JSON.stringify(demoPassword ?? 'your password');
  return [...document.querySelectorAll('template.example')].map((template) => ({
    query: template.content.textContent.trim().replace('"your password"', () => password),
  }));
}

/** `fetch` for GraphiQL: what comes back is looked through for pictures. */
async function fetchAndShow(url, init) {
  const response = await fetchAsViewer(url, init);
  response.clone().json().then(showPictures, () => {});
  return response;
}

/** `useTabs` is a hook that answers how to open a text in a new tab; GraphiQL 4 has none. */
export function start({ createClient, createElement, createRoot, createGraphiQLFetcher, GraphiQL, useTabs }) {
  startBar(() => {
    storage.clear();
    storage.setItem = () => {}; // GraphiQL writes with a delay
    location.reload();
  });
  let openTab;
  const Tabs = () => {
    openTab = useTabs();
    return null;
  };
  startUpload(() => openTab);
  const fetcher = createGraphiQLFetcher({
    url: '/graphql',
    fetch: fetchAndShow,
    enableIncrementalDelivery: false,
    wsClient: createClient(socketOptions),
  });
  const page = createElement(
    GraphiQL,
    {
      fetcher,
      storage,
      defaultTabs: exampleTabs(),
      defaultEditorToolsVisibility: 'headers',
      isHeadersEditorEnabled: true,
      shouldPersistHeaders: false,
    },
    createElement(GraphiQL.Logo, null, 'rookery', useTabs && createElement(Tabs)),
  );
  createRoot(document.getElementById('graphiql')).render(page);
}
