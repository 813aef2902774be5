// Sections by hash: #/live, #/message/ID, #/failures?status=PARKED … The hash is the only state, so links, reloads and
// the back button work.

import { byId } from './lib/dom.js';

/**
 * Shows the section that the hash names. `views` maps names to `{show({argument, parameters}), hide()}`; the first view
 * is the default.
 */
export function route(views) {
  const names = Object.keys(views);
  let current = null;

  const follow = moveFocus => {
    const { name, argument, parameters } = read(names);
    if (current !== null) views[current].hide();
    for (const each of names) {
      byId(each).hidden = each !== name;
      const link = document.querySelector(`#sections a[href="#/${each}"]`);
      if (each === name) link?.setAttribute('aria-current', 'page');
      else link?.removeAttribute('aria-current');
    }
    current = name;
    const heading = byId(name).querySelector('h1');
    document.title = `${heading.textContent} – Tributary`;
    // A screen reader announces the new section. The first page load leaves the focus where the browser put it.
    if (moveFocus) heading.focus({ preventScroll: true });
    scrollTo(0, 0);
    views[name].show({ argument, parameters });
  };

  addEventListener('hashchange', () => follow(true));
  follow(false);
}

function read(names) {
  const mark = location.hash.indexOf('?');
  const path = mark < 0 ? location.hash : location.hash.slice(0, mark);
  const [, name, argument = ''] = /^#\/([^/]*)\/?(.*)$/.exec(path) ?? [];
  return {
    name: names.includes(name) ? name : names[0],
    argument: decoded(argument),
    parameters: new URLSearchParams(mark < 0 ? '' : location.hash.slice(mark)),
  };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    // A person typed a percent sign that encodes nothing: the text stands for itself.
    return text;
  }
}
