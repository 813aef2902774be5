// One failure as a row: message, plugin, step, error, and a countdown to the next attempt. Rows are updated in place,
// so that a selection and the focus survive changes of the server.

import { serverNow } from './lib/clock.js';
import { h } from './lib/dom.js';
import { clip, moment, plural, until } from './lib/format.js';
import { setText } from './lib/sync.js';

const maxErrorChars = 400;
const maxNameChars = 120;

/** The key of a failure: no two failures share it. */
export const keyOf = failure => `${failure.message}\n${failure.plugin ?? ''}`;

/** The address of a message's section. */
export const messageAddress = id => `#/message/${encodeURIComponent(id)}`;

/** A status such as "parked" or "retrying", in its colour. */
export const statusMark = status => h('span', { class: `status status-${status.toLowerCase()}` }, status.toLowerCase());

export class FailureRow {
  #failure;
  #signature = null;
  #status = h('div', { class: 'failure-status' });
  #what = h('div', { class: 'failure-what' });
  #error = h('p', { class: 'failure-error' });
  #attempts = h('span', { class: 'failure-attempts' });
  #next = h('span', { class: 'failure-next' });

  /**
   * With `onSelect(isSelected)` the row has a checkbox. With `isOfMessage` it leaves out the facts that the section of
   * its message shows already.
   */
  constructor(failure, { onSelect, isOfMessage = false } = {}) {
    this.box = onSelect === undefined ? null : h('input', {
      type: 'checkbox', onchange: () => onSelect(this.box.checked),
      'aria-label': `Select ${failure.plugin ?? 'the whole'} of message ${failure.message}`,
    });
    this.element = h('li', { class: 'failure' },
      this.box === null ? null : h('label', { class: 'failure-pick' }, this.box),
      this.#status, this.#what,
      h('div', { class: 'failure-why' }, this.#error, isOfMessage ? null : placeOf(failure)),
      h('div', { class: 'failure-when' }, this.#attempts, this.#next));
    this.update(failure);
  }

  update(failure) {
    this.#failure = failure;
    const signature = JSON.stringify(failure);
    if (signature === this.#signature) return this.tick();
    this.#signature = signature;
    this.#status.replaceChildren(statusMark(failure.status));
    this.#what.replaceChildren(
      failure.plugin === null
        ? h('strong', {}, 'whole message')
        : h('strong', { title: failure.plugin }, clip(failure.plugin, maxNameChars)),
      h('span', { class: 'failure-step' }, `at ${failure.step}`),
    );
    this.#error.textContent = clip(failure.error, maxErrorChars);
    this.#error.title = failure.error.length > maxErrorChars ? failure.error : '';
    this.#attempts.textContent = plural(failure.attempts, 'attempt');
    this.tick();
  }

  /** Updates the countdown. */
  tick() {
    const { nextAttempt, changedAt } = this.#failure;
    setText(
      this.#next,
      nextAttempt === null
        ? `since ${moment(new Date(changedAt))}`
        : `next ${until(Date.parse(nextAttempt) - serverNow())}`,
    );
  }
}

function placeOf({ message, item, source }) {
  return h('p', { class: 'failure-place' },
    h('span', {}, 'message ', h('a', { href: messageAddress(message) }, message)),
    h('span', { title: item }, 'item ', clip(item, maxNameChars)),
    h('span', { title: source }, 'source ', clip(source, maxNameChars)));
}
