// The live feed: one WebSocket at a time. After every loss the feed opens a new one at the cursor of the last message
// that it handed out. It hands a message out before it keeps the cursor, and does both in one turn of the event loop,
// so a resumed feed neither repeats nor skips a message.

import { Backoff } from './lib/backoff.js';
import { keyProtocols } from './key.js';
import { parse, print } from './lib/json.js';

/** Close codes of the server. */
const tooSlow = 4008;
const badCursor = 4400;

/** After a connection that lived this long, the next delay is short again. */
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
   * Browsers hide from a page why a handshake was refused. `whyRefused()` finds out, and answers true when the next
   * attempt may succeed.
   */
  constructor(url, { backoff = new Backoff(), whyRefused = async () => false } = {}) {
    this.#url = url;
    this.#backoff = backoff;
    this.#whyRefused = whyRefused;
    // When the network returns or the page becomes visible again, an old delay makes no sense.
    addEventListener('online', () => this.hurry());
    document.addEventListener('visibilitychange', () => document.hidden || this.hurry());
  }

  /** Calls `listener({message, text})` for each message, in order. */
  onMessage(listener) {
    this.#listeners.add(listener);
  }

  /**
   * Calls `watcher(state)` now and at each change. The state is
   * `{name: connecting|open|waiting, reason?, retryAt?, note?}`.
   */
  onState(watcher) {
    this.#watchers.add(watcher);
    watcher(this.#state);
  }

  /** Connects. The feed begins after `cursor`; null means the present. */
  start(cursor) {
    this.cursor = cursor;
    this.#connect();
  }

  /** Ends a delay and connects at once. */
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
    // The first frame may carry a cursor alone: the place where the feed begins.
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
      note =
        'The server no longer knows where this feed stopped, so it begins anew: messages in between are under Saved.';
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
