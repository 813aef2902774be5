// One message as a line that opens: its fields in the order in which they were posted, and the whole object on demand.

import { h } from './lib/dom.js';
import { clip, timeOfDay } from './lib/format.js';
import { ExactNumber, print } from './lib/json.js';

const maxFields = 14;
const maxNameChars = 40;
const maxValueChars = 120;
const maxDocumentChars = 50_000;

/**
 * A list item. `at` is the time at which the message arrived at this page: null for a saved message, undefined to show
 * no time.
 */
export function messageItem({ message, at }) {
  const summary = h('summary', {},
    whenOf(at),
    h('span', { class: 'message-fields' }, ...fieldsOf(message)));
  const details = h('details', {}, summary);
  // Most lines are never opened, so the document is built when a line opens first.
  details.addEventListener('toggle', () => details.append(documentOf(message, 'The message as JSON')), { once: true });
  return h('li', { class: at instanceof Date ? 'message is-live' : 'message' }, details);
}

function whenOf(at) {
  if (at === undefined) return null;
  return at === null
    ? h('span', { class: 'message-when' }, 'saved')
    : h('time', { class: 'message-when', datetime: at.toISOString() }, timeOfDay(at));
}

function fieldsOf(message) {
  const entries = Object.entries(message);
  const shown = entries.slice(0, maxFields).map(([key, value]) => h('span', { class: 'message-field' },
    h('span', { class: 'message-name' }, clip(key, maxNameChars)),
    h('span', { class: `message-value is-${kindOf(value)}` }, clip(scalar(value), maxValueChars))));
  if (entries.length === 0) return [h('span', { class: 'message-field' }, '{}')];
  return entries.length > maxFields
    ? [...shown, h('span', { class: 'message-field' }, `+${entries.length - maxFields}`)]
    : shown;
}

/** The whole document, indented, as text. */
export const documentOf = (document, name) => textBlock(print(document, '  '), name);

/** A long text, cut at a limit. */
export function textBlock(text, name) {
  const cut = text.length > maxDocumentChars;
  return h('pre', { class: 'document', tabindex: '0', 'aria-label': name },
    cut ? `${text.slice(0, maxDocumentChars)}\n… ${text.length - maxDocumentChars} more characters` : text);
}

function scalar(value) {
  if (Array.isArray(value)) return `[${value.length}]`;
  if (value !== null && typeof value === 'object' && !(value instanceof ExactNumber))
    return `{${Object.keys(value).length}}`;
  return String(value);
}

function kindOf(value) {
  if (value === null) return 'null';
  if (value instanceof ExactNumber) return 'number';
  return typeof value;
}
