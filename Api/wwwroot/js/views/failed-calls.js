// Failed calls between grains, which can be made again, and held work, which this build cannot make. Both are rare, so
// an empty list is hidden.

import { makeAgain, makeAllAgain, readFailedCalls, readHeld } from '../api.js';
import { byId, h } from '../lib/dom.js';
import { clip, count, moment, plural } from '../lib/format.js';
import { toNumber } from '../lib/json.js';
import { clearError, showError } from '../lib/notice.js';
import { setText, syncChildren } from '../lib/sync.js';
import { Watch } from '../lib/watch.js';

const refreshMs = 2_000;
const pageRows = 50;
const heldRows = 20;
const maxTextChars = 400;
const maxNameChars = 120;

const outcomes = {
  MADE: 'Made again.',
  FAILED: 'It failed again, and is in the list as a new entry.',
  HELD: 'This build cannot make it: it waits for one that can.',
};

export function failedCallsView() {
  const part = byId('calls');
  const list = byId('calls-list');
  const heading = byId('calls-count');
  const result = byId('calls-result');
  const error = byId('calls-error');
  const all = byId('calls-all');
  const state = byId('calls-selected');
  const chosen = byId('calls-retry');
  const whole = byId('calls-retry-all');
  const heldPart = byId('held'), heldCounts = byId('held-counts'), heldList = byId('held-list');
  const rows = new Map(), selected = new Set();
  let isRunning = false;

  const watch = new Watch(refresh, refreshMs);

  async function refresh() {
    try {
      const [failed, held] = await Promise.all([readFailedCalls({ limit: pageRows }), readHeld({ limit: heldRows })]);
      paint(failed);
      paintHeld(held);
      clearError(error);
    } catch (problem) {
      showError(error, problem, () => watch.now());
      part.hidden = false;
    }
  }

  function paint({ calls, next }) {
    const ids = new Set(calls.map(call => call.id));
    for (const id of rows.keys()) {
      if (ids.has(id)) continue;
      rows.delete(id);
      selected.delete(id);
    }
    for (const call of calls) if (!rows.has(call.id)) rows.set(call.id, newRow(call));
    syncChildren(list, calls.map(call => rows.get(call.id).element));
    setText(heading, next === null ? plural(calls.length, 'call') : `the newest ${count(calls.length)} calls`);
    // The result stays readable when the list is empty.
    part.hidden = calls.length === 0 && result.textContent === '';
    describe();
  }

  function newRow(call) {
    const name = `${call.type} ${call.key}`;
    const box = h('input', {
      type: 'checkbox', 'aria-label': `Select ${call.method} of ${name}`,
      onchange: () => select(call.id, box.checked),
    });
    const button = h(
      'button',
      { type: 'button', 'aria-label': `Make ${call.method} of ${name} again`, onclick: () => retry([call.id]) },
      'Make again',
    );
    const element = h('li', { class: 'call' },
      h('label', { class: 'call-pick' }, box),
      h('div', { class: 'call-what' },
        h('strong', {}, call.method),
        h('span', { class: 'hint', title: name }, clip(name, maxNameChars)),
      ),
      h('div', { class: 'call-why' },
        h('p', { class: 'call-error', title: call.error.length > maxTextChars ? call.error : null },
          clip(call.error, maxTextChars),
        ),
        h('p', { class: 'call-arguments' },
          call.arguments === ''
            ? 'Its arguments could not be stored: it cannot be made again.'
            : clip(call.arguments, maxTextChars),
        ),
      ),
      h('div', { class: 'call-when' },
        h('span', {}, plural(toNumber(call.attempts), 'attempt')),
        h('span', {}, `since ${moment(new Date(call.failedAt))}`),
      ),
      button,
    );
    return { element, box, button };
  }

  function select(id, isSelected) {
    if (isSelected) selected.add(id);
    else selected.delete(id);
    describe();
  }

  function describe() {
    for (const { button } of rows.values()) button.disabled = isRunning;
    chosen.disabled = isRunning || selected.size === 0;
    whole.disabled = isRunning || rows.size === 0;
    all.disabled = rows.size === 0;
    all.checked = rows.size > 0 && selected.size === rows.size;
    all.indeterminate = selected.size > 0 && selected.size < rows.size;
    setText(state, selected.size === 0 ? 'Select all shown' : `${count(selected.size)} selected`);
  }

  async function run(work) {
    isRunning = true;
    describe();
    try {
      await work();
      clearError(error);
    } catch (problem) {
      showError(error, problem, () => run(work));
    } finally {
      isRunning = false;
      describe();
      await watch.now();
    }
  }

  const retry = ids => {
    const waiting = [...ids], counts = { MADE: 0, FAILED: 0, HELD: 0 };
    return run(async () => {
      while (waiting.length > 0) {
        const outcome = await again(waiting[0]);
        waiting.shift();
        if (outcome in counts) counts[outcome] += 1;
      }
      setText(
        result,
        ids.length === 1
          ? (outcomes[one(counts)] ?? 'Somebody else had it made again.')
          : say(counts.MADE, counts.FAILED, counts.HELD),
      );
    });
  };

  async function again(id) {
    try {
      return (await makeAgain(id)).outcome;
    } catch (problem) {
      // Another user had the call made meanwhile; the next read of the list shows it.
      if (problem.code === 'failed_call_not_found') return 'GONE';
      throw problem;
    }
  }

  const retryAll = () => {
    let after, made = 0, failed = 0, held = 0;
    return run(async () => {
      do {
        const answer = await makeAllAgain(after);
        made += toNumber(answer.made);
        failed += toNumber(answer.failed);
        held += toNumber(answer.held);
        after = answer.next ?? undefined;
        setText(result, say(made, failed, held));
      } while (after !== undefined);
    });
  };

  function paintHeld({ counts, grains, next }) {
    heldPart.hidden = counts.length === 0;
    heldCounts.replaceChildren(
      ...counts.map(each => h('li', {}, `${waiting(each)} of the grain type ${each.type}: ${each.code}`)),
    );
    heldList.replaceChildren(
      ...grains.map(grain =>
        h('li', { class: 'call is-held' },
          h('div', { class: 'call-what' },
            h('strong', {}, grain.type),
            h('span', { class: 'hint', title: grain.key }, clip(grain.key, maxNameChars)),
          ),
          h('div', { class: 'call-why' }, h('p', { class: 'call-error' }, clip(grain.error, maxTextChars))),
          h('div', { class: 'call-when' },
            h('span', {}, waiting(grain)),
            h('span', {}, `since ${moment(new Date(grain.since))}`),
          ),
        ),
      ),
    );
    setText(
      byId('held-more'),
      next === null ? '' : `These are the first ${count(grains.length)} grains; /api/v1/held lists all.`,
    );
  }

  chosen.addEventListener('click', () => retry([...selected]));
  whole.addEventListener('click', retryAll);
  all.addEventListener('change', () => {
    for (const [id, { box }] of rows) {
      box.checked = all.checked;
      select(id, all.checked);
    }
  });

  return {
    show() {
      setText(result, '');
      watch.start();
    },
    hide() {
      watch.stop();
    },
  };
}

const one = counts => Object.keys(counts).find(outcome => counts[outcome] > 0);

const say = (made, failed, held) => [
  `${plural(made, 'call')} made again.`,
  failed > 0 ? ` ${plural(failed, 'call')} failed again.` : '',
  held > 0 ? ` ${plural(held, 'call')} waits for a build that can make it.`.replace(/s waits/, 's wait') : '',
].join('');

const waiting = ({ calls, reminders }) => [
  toNumber(calls) > 0 ? plural(toNumber(calls), 'call') : null,
  toNumber(reminders) > 0 ? plural(toNumber(reminders), 'reminder') : null,
].filter(each => each !== null).join(', ');
