// Work that is repeated for as long as somebody looks at what it shows: a hidden section or tab asks the server nothing.

import { Pace } from './pace.js';

export class Watch {
  #pace;
  #visible = false;

  constructor(work, intervalMs) {
    this.#pace = new Pace(async () => {
      if (!this.#visible || document.hidden) return;
      try {
        await work();
      } finally {
        if (this.#visible) this.#pace.request();
      }
    }, intervalMs);
    document.addEventListener('visibilitychange', () => document.hidden || !this.#visible || this.#pace.now());
  }

  start() {
    this.#visible = true;
    return this.#pace.now();
  }

  stop() {
    this.#visible = false;
  }

  /** Does the work at once, or right after what is running. */
  now() {
    return this.#pace.now();
  }
}
