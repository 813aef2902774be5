// Pages of saved messages. The paginationId of the first page freezes the set of messages that all pages show.

import { readMessages } from './api.js';

/** The server refuses larger offsets. */
export const maxOffset = 100_000;

export class Pager {
  limit = 50;
  #page = null;

  /** The last page that was read: `{offset, limit, paginationId, total, messages}`, or null. */
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

  /** Reads a new first page, which shows the messages that are stored now. */
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
    // A double would change digits beyond 2^53, so the id stays text.
    this.#page = { ...answer, offset, paginationId: String(answer.paginationId) };
    return this.#page;
  }
}
