// Saved messages in pages that do not move while new messages arrive.

import { byId } from '../lib/dom.js';
import { count, plural } from '../lib/format.js';
import { clearError, showError } from '../lib/notice.js';
import { messageItem } from '../message.js';
import { Pager } from '../pager.js';
import { bindLookup } from './lookup.js';

export function savedView(feed) {
  const pager = new Pager();
  const list = byId('saved-list');
  const position = byId('saved-position');
  const newest = byId('saved-newest'), newer = byId('saved-newer'), older = byId('saved-older');
  const size = byId('saved-size');
  const error = byId('saved-error');
  let since = 0, visible = false;

  feed.onMessage(() => {
    since += 1;
    if (visible) describeSince();
  });

  async function turn(read) {
    for (const button of [newest, newer, older]) button.disabled = true;
    try {
      const before = since;
      const page = await read();
      if (page.offset === 0 && read === first) since -= before;
      list.start = page.offset + 1;
      list.replaceChildren(...page.messages.map(message => messageItem({ message })));
      clearError(error);
      describe(page);
    } catch (problem) {
      showError(error, problem, () => turn(read));
    } finally {
      newest.disabled = false;
      newer.disabled = !pager.hasNewer;
      older.disabled = !pager.hasOlder;
    }
  }

  function describe({ offset, messages, total }) {
    position.textContent = messages.length === 0
      ? 'Nothing is saved yet.'
      : `${count(offset + 1)}–${count(offset + messages.length)} of ${plural(Number(total), 'message')}, newest first`;
    describeSince();
  }

  function describeSince() {
    newest.textContent = since === 0 ? 'Newest' : `Newest (${count(since)} new)`;
  }

  const first = () => pager.readNewest();
  const toNewer = () => pager.readNewer();
  const toOlder = () => pager.readOlder();
  newest.addEventListener('click', () => turn(first));
  newer.addEventListener('click', () => turn(toNewer));
  older.addEventListener('click', () => turn(toOlder));
  size.addEventListener('change', () => {
    pager.limit = Number(size.value);
    turn(first);
  });
  bindLookup();

  return {
    show() {
      visible = true;
      if (pager.page === null) turn(first);
      else describeSince();
    },
    hide() {
      visible = false;
    },
  };
}
