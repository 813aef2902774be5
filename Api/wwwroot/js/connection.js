// The state of the live feed in the page's header, with a countdown to the next attempt.

import { h } from './lib/dom.js';

export function bindConnection(feed, place, note) {
  let timer = null;
  const label = h('span', { class: 'connection-label', role: 'status' });
  // A screen reader must not announce every second, so the countdown is hidden from it.
  const countdown = h('span', { class: 'connection-countdown', 'aria-hidden': 'true' });
  const hurry = h('button', { type: 'button', class: 'quiet', hidden: true, onclick: () => feed.hurry() },
    'Connect now',
  );
  place.append(h('span', { class: 'connection-dot', 'aria-hidden': 'true' }), label, countdown, hurry);

  feed.onState(state => {
    clearInterval(timer);
    place.dataset.state = state.name;
    label.textContent = { connecting: 'Connecting', open: 'Live', waiting: 'Reconnecting' }[state.name];
    label.title = state.reason ?? '';
    hurry.hidden = state.name !== 'waiting';
    countdown.textContent = '';
    if (state.name === 'waiting') {
      const tick = () => {
        countdown.textContent = `in ${Math.max(1, Math.ceil((state.retryAt - Date.now()) / 1000))} s`;
      };
      tick();
      timer = setInterval(tick, 1000);
    }
    note.hidden = state.note === undefined;
    note.textContent = state.note ?? '';
  });
}
