// The API key, for servers that want one. The page asks for it when the server answers 401, keeps it for this tab only,
// and sends it with every request and with the feed's handshake. Refused requests wait for the key and are sent again.

import { byId } from './lib/dom.js';

const place = 'api-key';

let key = remembered();
let asked = null;

/** The key that requests carry, or null. */
export const currentKey = () => key;

/** Resolves when the key is another one than `refused`, which the server rejected. */
export function anotherKey(refused) {
  if (key !== refused) return Promise.resolve();
  asked ??= ask(
    refused === null
      ? 'This server wants an API key. It is kept in this tab until the tab is closed.'
      : 'The server does not know this key.',
  );
  return asked;
}

/** The subprotocols of a WebSocket carry the key: a page can set nothing else of the handshake. */
export function keyProtocols() {
  if (key === null) return [];
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(key)));
  return ['tributary', `tributary.key.${base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`];
}

/** Offers to forget the key while there is one. */
export function bindForget(button) {
  button.hidden = key === null;
  button.addEventListener('click', () => {
    keep(null);
    // The reload also removes everything that was read with the key.
    location.reload();
  });
}

function ask(reason) {
  const form = byId('key'), input = byId('key-value');
  byId('key-reason').textContent = reason;
  form.hidden = false;
  input.focus();
  return new Promise(resolve => {
    form.addEventListener('submit', event => {
      event.preventDefault();
      keep(input.value);
      input.value = '';
      form.hidden = true;
      byId('key-forget').hidden = false;
      asked = null;
      byId('main').focus({ preventScroll: true });
      resolve();
    }, { once: true });
  });
}

function keep(value) {
  key = value;
  try {
    if (value === null) sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, value);
  } catch {
    // The browser may forbid storage. Then the key lasts as long as the page.
  }
}

function remembered() {
  try {
    return sessionStorage.getItem(place);
  } catch {
    return null;
  }
}
