// Delays before reconnecting. They double up to a ceiling. Each delay is drawn between half and the whole of its value,
// so that a thousand pages do not reconnect at the same moment after a restart.

export class Backoff {
  #failures = 0;
  #firstMs;
  #ceilingMs;
  #random;

  constructor({ firstMs = 500, ceilingMs = 30_000, random = Math.random } = {}) {
    this.#firstMs = firstMs;
    this.#ceilingMs = ceilingMs;
    this.#random = random;
  }

  /** The delay before the next attempt, in milliseconds. */
  nextMs() {
    const wholeMs = Math.min(this.#ceilingMs, this.#firstMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return Math.round(wholeMs * (0.5 + this.#random() / 2));
  }

  reset() {
    this.#failures = 0;
  }
}
