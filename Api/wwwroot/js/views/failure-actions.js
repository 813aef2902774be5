// Tries failures again or gives them up: the selected ones, or all that match, over as many requests as that takes. The
// reader can stop between requests; changed failures stay changed.

import { changeFailures, changeMessage } from '../api.js';
import { byId } from '../lib/dom.js';
import { count, plural } from '../lib/format.js';
import { clearError, showError } from '../lib/notice.js';
import { setText } from '../lib/sync.js';

/** The most requests at once. */
const atOnce = 6;

const words = {
  retry: { done: 'Started again', rest: 'under way already, or done' },
  park: { done: 'Parked', rest: 'parked already, or done' },
};

export function bindActions({ filter, selected, onSelectAll, onChanged }) {
  const all = byId('failures-all');
  const state = byId('failures-selected');
  const result = byId('failures-result');
  const error = byId('failures-action-error');
  const stop = byId('failures-stop');
  const buttons = ['retry', 'park'].flatMap(action => [
    { button: byId(`failures-${action}`), run: () => changeSelected(action), needsSelection: true },
    { button: byId(`failures-${action}-all`), run: () => changeAll(action), needsSelection: false },
  ]);
  let shown = 0, isRunning = false, isStopped = false;

  async function run(work) {
    isRunning = true;
    isStopped = false;
    clearError(error);
    describe(shown);
    try {
      await work();
    } catch (problem) {
      showError(error, problem, () => run(work));
    } finally {
      isRunning = false;
      describe(shown);
      onChanged();
    }
  }

  const changeSelected = action => {
    const waiting = [...selected.values()];
    const asked = waiting.length;
    let changed = 0;
    // Each message leaves the list when it is done, so that another try goes on where an error stopped the first.
    return run(async () => {
      const worker = async () => {
        while (waiting.length > 0 && !isStopped) {
          const { message, plugin } = waiting[0];
          const answer = changeMessage(action, message, plugin ?? '');
          const taken = waiting.shift();
          try {
            // The sum is read after the wait: other workers add to it meanwhile.
            const { changed: parts } = await answer;
            changed += parts.length;
          } catch (problem) {
            waiting.push(taken);
            throw problem;
          }
        }
      };
      await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, worker));
      say(action, changed, 'failure', asked, waiting.length > 0);
    });
  };

  const changeAll = action => {
    const parameters = filter.parameters();
    let after, matched = 0, changed = 0;
    return run(async () => {
      do {
        const answer = await changeFailures(action, parameters, after);
        matched += answer.matched;
        changed += answer.changed;
        after = answer.next ?? undefined;
        say(action, changed, 'message', matched, after !== undefined);
      } while (after !== undefined && !isStopped);
    });
  };

  function say(action, changed, noun, matched, isMore) {
    const { done, rest } = words[action];
    const others = changed >= matched || noun === 'message' ? '' : ` The others are ${rest}.`;
    const which = `${noun === 'message' ? 'that match' : 'selected'}${isMore ? ' so far' : ''}`;
    setText(result, `${done}: ${plural(changed, noun)}, of ${plural(matched, 'failure')} ${which}.${others}`);
  }

  function describe(length) {
    shown = length;
    for (const { button, needsSelection } of buttons)
      button.disabled = isRunning || shown === 0 || (needsSelection && selected.size === 0);
    stop.hidden = !isRunning;
    all.disabled = shown === 0;
    all.checked = shown > 0 && selected.size === shown;
    all.indeterminate = selected.size > 0 && selected.size < shown;
    setText(state, selected.size === 0 ? 'Select all shown' : `${count(selected.size)} selected`);
  }

  for (const { button, run: start } of buttons) button.addEventListener('click', start);
  stop.addEventListener('click', () => {
    isStopped = true;
  });
  all.addEventListener('change', () => onSelectAll(all.checked));

  return { describe };
}
