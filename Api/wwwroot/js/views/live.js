// Messages as they are committed, newest first. The list is bounded, and painted at most once per frame.

import { byId } from '../lib/dom.js';
import { count, plural } from '../lib/format.js';
import { Newest } from '../lib/newest.js';
import { messageItem } from '../message.js';
import { bindRate } from './rate.js';

/** The bounds of the live list; older messages leave it. */
const maxMessages = 200;
const maxChars = 4_000_000;

export function liveView(feed, seam) {
  const list = byId('live-list');
  const empty = byId('live-empty');
  const hold = byId('live-hold');
  const filter = byId('live-filter');
  const state = byId('live-count');
  const shown = new Newest(maxMessages, maxChars);
  const waiting = new Newest(maxMessages, maxChars);
  let received = 0, skipped = 0, held = false, painting = false;

  for (const entry of seam.messages) shown.add({ ...entry, at: null });
  byId('live-command').textContent =
    `curl -d '{"hello":"world"}' -H 'content-type: application/json' ${location.origin}/api/v1/messages`;
  const rate = bindRate(byId('live-rate'));

  feed.onMessage(({ message, text }) => {
    received += 1;
    if (held) skipped += 1;
    rate.add();
    waiting.add({ message, text, at: new Date() });
    schedule();
  });

  function schedule() {
    if (painting) return;
    painting = true;
    requestAnimationFrame(() => {
      painting = false;
      if (!held) takeWaiting();
      describe();
    });
  }

  function takeWaiting() {
    const fresh = waiting.take();
    for (const entry of fresh) shown.add(entry);
    list.prepend(...fresh.filter(matches).map(messageItem).reverse());
    const limit = shown.entries.filter(matches).length;
    while (list.childElementCount > limit) list.lastElementChild.remove();
  }

  function paintAll() {
    list.replaceChildren(...shown.entries.filter(matches).map(messageItem).reverse());
    describe();
  }

  const matches = entry => filter.value === '' || entry.text.toLowerCase().includes(filter.value.toLowerCase());

  function describe() {
    empty.hidden = shown.entries.length > 0;
    const filtered = filter.value === '' ? '' : `${count(list.childElementCount)} of `;
    const listed = `${filtered}the newest ${count(shown.entries.length)}`;
    state.textContent = `${plural(received, 'message')} since this page was opened; the list shows ${listed}.`;
    hold.textContent = held ? `Go on (${count(skipped)} new)` : 'Hold';
    hold.setAttribute('aria-pressed', String(held));
  }

  hold.addEventListener('click', () => {
    held = !held;
    skipped = 0;
    if (!held) takeWaiting();
    describe();
  });
  filter.addEventListener('input', paintAll);
  paintAll();

  return { show: () => rate.start(), hide: () => rate.stop() };
}
