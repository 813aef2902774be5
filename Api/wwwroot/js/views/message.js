// One message: its status, its failures, the records that plugins made of its item, and the object as it was posted.

import { changeMessage } from '../api.js';
import { FailureRow, keyOf, messageAddress, statusMark } from '../failure.js';
import { byId, h } from '../lib/dom.js';
import { clip, count, moment, plural } from '../lib/format.js';
import { print } from '../lib/json.js';
import { clearError, showError } from '../lib/notice.js';
import { setText, syncChildren } from '../lib/sync.js';
import { Watch } from '../lib/watch.js';
import { maxRecords, rawOf, readMessageDetail } from '../message-detail.js';
import { documentOf, textBlock } from '../message.js';

const refreshMs = 2_000;
const maxNameChars = 300;

export function messageView() {
  const whole = byId('message-whole'), error = byId('message-error'), title = byId('message-id');
  const facts = byId('message-facts');
  const failures = byId('message-failures');
  const none = byId('message-unfailed');
  const actions = byId('message-actions');
  const result = byId('message-result'), records = byId('message-records'), object = byId('message-object');
  const watch = new Watch(refresh, refreshMs);
  let id = '', timer = null, rows = new Map();
  const painted = { facts: null, records: null, object: null };

  async function refresh() {
    const asked = id;
    try {
      const message = await readMessageDetail(asked);
      if (asked !== id) return;
      paint(message);
      clearError(error);
    } catch (problem) {
      if (asked !== id) return;
      whole.hidden = problem.status === 404 || painted.object === null;
      showError(error, problem, () => watch.now());
    }
  }

  function paint(message) {
    whole.hidden = false;
    const { body, item, failures: failed, ...about } = message;
    // Unchanged data is not painted again: an opened record, a selected text and the focus stay.
    once('facts', [about, item?.messageCount], () => facts.replaceChildren(...factsOf(message)));
    once('records', item?.records ?? [], () => records.replaceChildren(...recordsOf(message)));
    once('object', body, () => object.replaceChildren(...objectOf(message)));
    paintFailures(failed);
  }

  function once(name, value, work) {
    const text = print(value);
    if (painted[name] === text) return;
    painted[name] = text;
    work();
  }

  function paintFailures(failed) {
    rows = new Map(failed.map(failure => {
      const row = rows.get(keyOf(failure)) ?? new FailureRow(failure, { isOfMessage: true });
      row.update(failure);
      return [keyOf(failure), row];
    }));
    syncChildren(failures, [...rows.values()].map(row => row.element));
    none.hidden = failed.length > 0;
    actions.hidden = failed.length === 0;
    byId('message-park').disabled = !failed.some(failure => failure.status === 'RETRYING');
  }

  async function change(action) {
    try {
      const { changed } = await changeMessage(action, id);
      const done = action === 'retry' ? 'Started again' : 'Parked';
      const parts = changed.map(name => name || 'the whole message').join(', ');
      setText(result, `${done}: ${changed.length === 0 ? 'nothing, as it is under way or done' : parts}.`);
      clearError(error);
    } catch (problem) {
      showError(error, problem, () => change(action));
    }
    watch.now();
  }

  byId('message-retry').addEventListener('click', () => change('retry'));
  byId('message-park').addEventListener('click', () => change('park'));

  return {
    show({ argument }) {
      if (argument !== id) {
        id = argument;
        rows = new Map();
        Object.assign(painted, { facts: null, records: null, object: null });
        whole.hidden = true;
        clearError(error);
        setText(result, '');
      }
      title.textContent = id;
      timer = setInterval(() => rows.forEach(row => row.tick()), 1_000);
      watch.start();
    },
    hide() {
      clearInterval(timer);
      watch.stop();
    },
  };
}

function factsOf({ status, source, itemId, itemSequence, item, receivedAt, mediaType }) {
  const place = item === null ? '' : ` – message ${count(itemSequence)} of ${count(item.messageCount)}`;
  return [
    ['status', statusMark(status)],
    ['source', clip(source, maxNameChars)],
    ['item', clip(itemId, maxNameChars) + place],
    ['received', h('time', { datetime: receivedAt }, moment(new Date(receivedAt)))],
    ['media type', mediaType],
  ].map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)));
}

function recordsOf({ messageId, item }) {
  const found = item?.records ?? [];
  if (found.length === 0) return [h('p', { class: 'hint' }, 'No plugin has made anything of it yet.')];
  const byPlugin = Map.groupBy(found, record => record.plugin);
  return [
    ...[...byPlugin].map(([plugin, made]) =>
      h('details', { class: 'record-plugin', open: true },
        h('summary', {},
          h('strong', {}, clip(plugin, maxNameChars)),
          made.length > 1 ? h('span', { class: 'hint' }, plural(made.length, 'record')) : null,
        ),
        ...made.flatMap(record => [captionOf(record, messageId), documentOf(record.document, `Record of ${plugin}`)]),
      ),
    ),
    found.length < maxRecords
      ? null
      : h('p', { class: 'hint' }, `These are the first ${maxRecords}; the API has the rest.`),
  ].filter(each => each !== null);
}

/** The key of a record, and the message that it was made of when that is another message. */
function captionOf(record, messageId) {
  const other =
    record.messageId === messageId
      ? null
      : h('span', {}, 'made of message ', h('a', { href: messageAddress(record.messageId) }, record.messageId));
  return h('p', { class: 'hint record-caption' },
    record.key === '' ? null : h('span', {}, `key ${clip(record.key, maxNameChars)}`),
    other,
  );
}

function objectOf(message) {
  const raw = rawOf(message);
  if (raw === null) return [documentOf(message.body, 'The message as JSON')];
  const came =
    raw.text === undefined
      ? h('p', { class: 'hint' }, `${plural(raw.bytes, 'byte')} that are no text.`)
      : textBlock(raw.text, 'What came in');
  const type = message.body.media_type;
  const as = type ? `, as ${clip(String(type), maxNameChars)}` : '';
  return [h('p', { class: 'hint' }, `It could not be mapped and is kept as it came${as}:`), came];
}
