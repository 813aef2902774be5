// A list that keeps the newest entries only. It is bounded by count and by characters, so that a page that stays open
// for a week needs no more memory than a new one.

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

  /** Adds an entry `{text, …}` as the newest. The oldest entries make room; the newest always stays. */
  add(entry) {
    this.#entries.push(entry);
    this.#chars += entry.text.length;
    while (this.#entries.length > this.#maxCount || (this.#chars > this.#maxChars && this.#entries.length > 1))
      this.#chars -= this.#entries.shift().text.length;
  }

  /** Takes all entries out. */
  take() {
    const taken = this.#entries;
    this.#entries = [];
    this.#chars = 0;
    return taken;
  }
}
