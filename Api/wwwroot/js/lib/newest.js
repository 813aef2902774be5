// A list that keeps the newest entries only: bounded by count and by characters, so that a page left open for a week
// needs as much memory as one opened a minute ago.

export class Newest {
  #entries = [];
  #chars = 0;
  #maxCount;
  #maxChars;

  constructor(maxCount, maxChars) {
    this.#maxCount = maxCount;
    this.#maxChars = maxChars;
  }

  /** Oldest first. */
  get entries() {
    return this.#entries;
  }

  /** Adds an entry `{text, …}` as the newest; the oldest ones make room for it, and the newest always stays. */
  add(entry) {
    this.#entries.push(entry);
    this.#chars += entry.text.length;
    while (this.#entries.length > this.#maxCount || (this.#chars > this.#maxChars && this.#entries.length > 1))
      this.#chars -= this.#entries.shift().text.length;
  }

  /** All entries, leaving none. */
  take() {
    const taken = this.#entries;
    this.#entries = [];
    this.#chars = 0;
    return taken;
  }
}
