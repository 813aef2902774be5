// Messages that failed and are not done: filtered, in pages, kept up to date. Selected or all matching failures can be
// tried again or given up.

import { readFailures } from '../api.js';
import { FailureRow, keyOf } from '../failure.js';
import { byId } from '../lib/dom.js';
import { plural } from '../lib/format.js';
import { clearError, showError } from '../lib/notice.js';
import { setText, syncChildren } from '../lib/sync.js';
import { Watch } from '../lib/watch.js';
import { bindActions } from './failure-actions.js';
import { bindFilter } from './failure-filter.js';

const refreshMs = 2_000;
const pageRows = 50;

export function failuresView() {
  const list = byId('failures-list'), position = byId('failures-position'), error = byId('failures-error');
  const empty = byId('failures-empty'), emptyText = byId('failures-empty-text'), clear = byId('failures-clear');
  const first = byId('failures-first'), previous = byId('failures-previous'), next = byId('failures-next');
  const rows = new Map(), selected = new Map();
  // The cursors at which the pages up to the shown one begin.
  let pages = [undefined];
  let following = null, timer = null, turn = 0;

  const filter = bindFilter(byId('failures-filter'), () => goTo([undefined]));
  const actions = bindActions({ filter, selected, onSelectAll: selectAll, onChanged: () => watch.now() });
  const watch = new Watch(refresh, refreshMs);

  async function refresh() {
    const asked = turn;
    try {
      const page = await readFailures(filter.parameters(), { limit: pageRows, after: pages.at(-1) });
      // The filter or the page changed while the request ran: its answer is out of date.
      if (asked !== turn) return;
      paint(page.failures);
      following = page.next;
      describe(page.failures.length);
      clearError(error);
    } catch (problem) {
      showError(error, problem, () => watch.now());
    }
  }

  function paint(failures) {
    const keys = new Set(failures.map(keyOf));
    for (const key of rows.keys()) {
      if (keys.has(key)) continue;
      rows.delete(key);
      selected.delete(key);
    }
    for (const failure of failures) {
      const key = keyOf(failure);
      if (rows.has(key)) rows.get(key).update(failure);
      else rows.set(key, new FailureRow(failure, { onSelect: isSelected => select(key, failure, isSelected) }));
    }
    syncChildren(list, failures.map(failure => rows.get(keyOf(failure)).element));
    actions.describe(failures.length);
  }

  function select(key, failure, isSelected) {
    if (isSelected) selected.set(key, failure);
    else selected.delete(key);
    actions.describe(rows.size);
  }

  function selectAll(isSelected) {
    for (const row of rows.values()) {
      if (row.box.checked === isSelected) continue;
      row.box.checked = isSelected;
      row.box.dispatchEvent(new Event('change'));
    }
  }

  function describe(length) {
    const isFirst = pages.length === 1, isFiltered = filter.isSet();
    setText(
      position,
      length === 0 && isFirst && following === null
        ? ''
        : `Page ${pages.length}: ${plural(length, 'failure')}, the oldest message first`,
    );
    empty.hidden = length > 0;
    setText(emptyText, following !== null || !isFirst ? 'No failure on this page.'
      : isFiltered ? 'No failure is like that.' : 'Nothing failed: every accepted message is done or on its way.');
    clear.hidden = !isFiltered;
    first.disabled = isFirst;
    previous.disabled = isFirst;
    next.disabled = following === null;
  }

  function goTo(places) {
    turn += 1;
    pages = places;
    // The old rows stay until the new ones arrive. A row that is selected meanwhile keeps its selection if it stays.
    selectAll(false);
    watch.now();
  }

  first.addEventListener('click', () => goTo([undefined]));
  previous.addEventListener('click', () => goTo(pages.slice(0, -1)));
  next.addEventListener('click', () => goTo([...pages, following]));
  clear.addEventListener('click', () => filter.clear());

  return {
    show({ parameters }) {
      filter.show(parameters);
      timer = setInterval(() => rows.forEach(row => row.tick()), 1_000);
      turn += 1;
      pages = [undefined];
      watch.start();
    },
    hide() {
      clearInterval(timer);
      watch.stop();
    },
  };
}
