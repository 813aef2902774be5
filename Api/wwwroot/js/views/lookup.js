// What became of one message: its status, source, times and item, by the id that its producer was given.

import { readMessage } from '../api.js';
import { byId, h } from '../lib/dom.js';
import { print } from '../lib/json.js';
import { clearError, showError } from '../lib/notice.js';

export function bindLookup() {
  const form = byId('lookup');
  const answer = byId('lookup-answer');
  const error = byId('lookup-error');

  async function look() {
    const id = byId('lookup-id').value.trim();
    if (id === '') return;
    answer.replaceChildren();
    try {
      const facts = await readMessage(id);
      clearError(error);
      answer.replaceChildren(...Object.entries(facts).map(([name, value]) =>
        h('div', {}, h('dt', {}, name), h('dd', {}, typeof value === 'string' ? value : print(value)))));
    } catch (problem) {
      showError(error, problem, look);
    }
  }

  form.addEventListener('submit', event => {
    event.preventDefault();
    look();
  });
}
