// The live feed: one WebSocket at a time, opened again after every loss at the cursor of the last message that was
// handed out. A message is handed out before its cursor is kept, and both happen in one turn of the event loop, so a
// resumed feed neither repeats nor skips.

import { Backoff } from './lib/backoff.js';
import { keyProtocols } from './key.js';
import { parse, print } from './lib/json.js';

/** Close codes of the server. */
const tooSlow = 4008;
const badCursor = 4400;

/** A connection that lived this long was a good one: the next delay is short again. */
const settledMs = 5_000;

export class Feed {
  #url;
  #backoff;
  #whyRefused;
  #asking = false;
  #socket = null;
  #timer = null;
  #openedAt = Infinity;
  #listeners = new Set();
  #watchers = new Set();
  #state = { name: 'connecting' };
  cursor = null;

  /**
   * Browsers tell a page nothing of a refused handshake: `whyRefused()` finds out, and answers true when the next
   * attempt has a reason to fare better.
   */
  constructor(url, { backoff = new Backoff(), whyRefused = async () => false } = {}) {
    this.#url = url;
    this.#backoff = backoff;
    this.#whyRefused = whyRefused;
    // A machine that comes back to the network, or a page that is looked at again, should not wait out an old delay.
    addEventListener('online', () => this.hurry());
    document.addEventListener('visibilitychange', () => document.hidden || this.hurry());
  }

  /** Calls `listener({message, text})` for each message, in order. */
  onMessage(listener) {
    this.#listeners.add(listener);
  }

  /** Calls `watcher(state)` now and at each change; state is `{name: connecting|open|waiting, reason?, retryAt?, note?}`. */
  onState(watcher) {
    this.#watchers.add(watcher);
    watcher(this.#state);
  }

  /** Connects; `cursor` is where to go on from, null for what comes from now on. */
  start(cursor) {
    this.cursor = cursor;
    this.#connect();
  }

  /** Connects at once when it is waiting to. */
  hurry() {
    if (this.#timer !== null) this.#connect();
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#openedAt = Infinity;
    this.#become({ name: 'connecting', note: this.#state.note });
    const address = new URL(this.#url, location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    address.searchParams.set('cursors', '1');
    if (this.cursor !== null) address.searchParams.set('after', this.cursor);
    const socket = new WebSocket(address, keyProtocols());
    this.#socket = socket;
    socket.onopen = () => {
      this.#openedAt = performance.now();
      this.#become({ name: 'open', note: this.#state.note });
    };
    socket.onmessage = event => this.#receive(event.data);
    socket.onclose = event => this.#closed(socket, event.code);
  }

  #receive(frame) {
    const { cursor, message } = parse(frame);
    // A frame may carry a cursor alone: the place where the feed begins.
    if (message !== undefined) {
      const text = print(message);
      for (const listener of this.#listeners) listener({ message, text });
    }
    this.cursor = String(cursor);
  }

  #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    let note = this.#state.note;
    if (code === badCursor) {
      this.cursor = null;
      note = 'The server no longer knows where this feed stopped, so it begins anew: messages in between are under Saved.';
    }
    if (this.#openedAt === Infinity) this.#ask();
    if (performance.now() - this.#openedAt > settledMs) this.#backoff.reset();
    const delayMs = this.#backoff.nextMs();
    this.#timer = setTimeout(() => this.#connect(), delayMs);
    this.#become({ name: 'waiting', reason: reasonOf(code), retryAt: Date.now() + delayMs, note });
  }

  async #ask() {
    if (this.#asking) return;
    this.#asking = true;
    const hasReason = await this.#whyRefused();
    this.#asking = false;
    if (hasReason) this.hurry();
  }

  #become(state) {
    this.#state = state;
    for (const watcher of this.#watchers) watcher(state);
  }
}

function reasonOf(code) {
  switch (code) {
    case 1001: case 1012: return 'The server is restarting.';
    case tooSlow: return 'This page was too slow for the feed.';
    case badCursor: return 'The feed begins anew.';
    default: return 'The connection was lost.';
  }
}
