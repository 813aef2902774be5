// Pages over saved messages that stand still: the first page's paginationId freezes what the later ones are cut from.

import { readMessages } from './api.js';

/** The server refuses larger offsets. */
export const maxOffset = 100_000;

export class Pager {
  limit = 50;
  #page = null;

  /** The page last read: `{offset, limit, paginationId, total, messages}`, or null. */
  get page() {
    return this.#page;
  }

  get hasNewer() {
    return this.#page !== null && this.#page.offset > 0;
  }

  get hasOlder() {
    return this.#page !== null && this.#page.offset + this.#page.messages.length < Number(this.#page.total)
      && this.#page.offset + this.limit <= maxOffset;
  }

  /** A new first page, with whatever has been stored by now. */
  readNewest() {
    return this.#read(0, undefined);
  }

  readNewer() {
    return this.#read(Math.max(0, this.#page.offset - this.limit), this.#page.paginationId);
  }

  readOlder() {
    return this.#read(this.#page.offset + this.limit, this.#page.paginationId);
  }

  async #read(offset, paginationId) {
    const answer = await readMessages({ offset, limit: this.limit, paginationId });
    // Digits beyond 2^53 are kept as text, whichever way they were sent.
    this.#page = { ...answer, offset, paginationId: String(answer.paginationId) };
    return this.#page;
  }
}
