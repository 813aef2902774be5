// Leads from a message's id, as its producer was given it, to what became of the message.

import { messageAddress } from '../failure.js';
import { byId } from '../lib/dom.js';

export function bindLookup() {
  byId('lookup').addEventListener('submit', event => {
    event.preventDefault();
    const id = byId('lookup-id').value.trim();
    if (id !== '') location.hash = messageAddress(id);
  });
}
