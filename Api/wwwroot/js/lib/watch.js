// Work that repeats while its section is visible. A hidden section or tab sends no requests.

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

  /** Does the work at once, or right after the run under way. */
  now() {
    return this.#pace.now();
  }
}
