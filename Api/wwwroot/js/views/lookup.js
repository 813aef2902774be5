// Leads from the id that a producer got for its message to the section of the message.

import { messageAddress } from '../failure.js';
import { byId } from '../lib/dom.js';

export function bindLookup() {
  byId('lookup').addEventListener('submit', event => {
    event.preventDefault();
    const id = byId('lookup-id').value.trim();
    if (id !== '') location.hash = messageAddress(id);
  });
}
