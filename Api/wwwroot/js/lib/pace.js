// Work that is asked for often and done now and then: at most once per interval, never two at a time, and always once
// more after the last request.

export class Pace {
  #work;
  #intervalMs;
  #timer = null;
  #running = false;
  #wanted = false;

  constructor(work, intervalMs) {
    this.#work = work;
    this.#intervalMs = intervalMs;
  }

  /** Asks for the work; it starts within the interval. */
  request() {
    this.#wanted = true;
    if (this.#timer === null && !this.#running) this.#timer = setTimeout(() => this.#run(), this.#intervalMs);
  }

  /** Does the work at once, or right after what is running. */
  now() {
    this.#wanted = true;
    clearTimeout(this.#timer);
    return this.#running ? Promise.resolve() : this.#run();
  }

  async #run() {
    this.#timer = null;
    this.#wanted = false;
    this.#running = true;
    try {
      await this.#work();
    } finally {
      this.#running = false;
      if (this.#wanted) this.request();
    }
  }
}
