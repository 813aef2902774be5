// Shows an error in the server's words, with a button to try again.

import { h } from './dom.js';

/** Puts the error into `place`, an element with role="alert"; `retry` is offered as a button. */
export function showError(place, error, retry) {
  place.replaceChildren(
    h('span', {}, error.message),
    h('button', { type: 'button', onclick: () => retry() }, 'Try again'));
  place.hidden = false;
}

export function clearError(place) {
  place.hidden = true;
  place.replaceChildren();
}
