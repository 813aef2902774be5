// Puts the page's parts together.

import { readMessages, readPlugins } from './api.js';
import { bindConnection } from './connection.js';
import { Feed } from './feed.js';
import { bindForget, currentKey } from './key.js';
import { byId } from './lib/dom.js';
import { print } from './lib/json.js';
import { route } from './router.js';
import { bindTheme } from './theme.js';
import { aggregatesView } from './views/aggregates.js';
import { clusterView } from './views/cluster.js';
import { failedCallsView } from './views/failed-calls.js';
import { failuresView } from './views/failures.js';
import { ledgerView } from './views/ledger.js';
import { liveView } from './views/live.js';
import { mapView } from './views/map.js';
import { messageView } from './views/message.js';
import { pluginsView } from './views/plugins.js';
import { savedView } from './views/saved.js';

const seedCount = 50;

/**
 * Where saved messages end and the feed begins: the newest saved page, and the cursor right after it. When the server
 * does not answer there is no seam: the feed begins with the first message after it connects.
 */
async function findSeam() {
  try {
    const page = await readMessages({ limit: seedCount });
    const messages =
      page.cursor === undefined ? [] : page.messages.map(message => ({ message, text: print(message) })).reverse();
    return { messages, paginationId: String(page.paginationId), cursor: page.cursor ?? null };
  } catch {
    // The header shows that there is no connection, and the feed keeps trying.
    return { messages: [], paginationId: undefined, cursor: null };
  }
}

/** A refused handshake may mean that the server wants a key. Any request finds out, asks for the key and waits. */
async function whyRefused() {
  const before = currentKey();
  try {
    await readPlugins();
  } catch {
    // The server does not answer, or fails for another reason: the feed keeps trying.
  }
  return currentKey() !== before;
}

/** Shows and hides the independent parts of one section together. */
function together(...parts) {
  return {
    show: where => parts.forEach(part => part.show(where)),
    hide: () => parts.forEach(part => part.hide()),
  };
}

bindTheme(byId('theme'));
bindForget(byId('key-forget'));
byId('skip').addEventListener('click', event => {
  // The hash names the section, so the link cannot lead to the element: the code moves the focus.
  event.preventDefault();
  byId('main').focus();
});

const seam = await findSeam();
const feed = new Feed('/ws/v1/', { whyRefused });
bindConnection(feed, byId('connection'), byId('feed-note'));
route({
  live: liveView(feed, seam),
  saved: savedView(feed),
  charts: aggregatesView(feed),
  map: mapView(feed, seam),
  failures: together(failedCallsView(), failuresView()),
  plugins: pluginsView(),
  ledger: ledgerView(feed),
  cluster: clusterView(),
  message: messageView(),
});
feed.start(seam.cursor);
