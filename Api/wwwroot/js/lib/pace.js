// Work that is requested often and runs at most once per interval, never twice at a time, and always once more after
// the last request. Slow work runs less often, so that a page never keeps a server busy.

const restFactor = 4;

export class Pace {
  #work;
  #intervalMs;
  #timer = null;
  #running = false;
  #lastMs = 0;
  #wanted = false;
  #urgent = false;

  constructor(work, intervalMs) {
    this.#work = work;
    this.#intervalMs = intervalMs;
  }

  /** Requests the work, which starts within the interval. */
  request() {
    this.#wanted = true;
    if (this.#timer === null && !this.#running)
      this.#timer = setTimeout(() => this.#run(), Math.max(this.#intervalMs, restFactor * this.#lastMs));
  }

  /** Does the work at once, or right after the run under way. */
  now() {
    this.#wanted = true;
    clearTimeout(this.#timer);
    if (!this.#running) return this.#run();
    this.#urgent = true;
    return Promise.resolve();
  }

  async #run() {
    this.#timer = null;
    this.#wanted = false;
    this.#urgent = false;
    this.#running = true;
    const startedAt = performance.now();
    try {
      await this.#work();
    } finally {
      this.#running = false;
      this.#lastMs = performance.now() - startedAt;
      if (this.#urgent) this.#run();
      else if (this.#wanted) this.request();
    }
  }
}
