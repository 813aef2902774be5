// Sections by hash: #/live, #/saved … The hash is the only state, so links, reloads and the back button work.

import { byId } from './lib/dom.js';

/** Shows the section that the hash names. `views` maps names to `{show(), hide()}`; the first one is the default. */
export function route(views) {
  const names = Object.keys(views);
  let current = null;

  const follow = moveFocus => {
    const name = names.find(each => location.hash === `#/${each}`) ?? names[0];
    if (name === current) return;
    if (current !== null) views[current].hide();
    for (const each of names) {
      byId(each).hidden = each !== name;
      const link = document.querySelector(`nav a[href="#/${each}"]`);
      if (each === name) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    current = name;
    const heading = byId(name).querySelector('h1');
    document.title = `${heading.textContent} – Tributary`;
    // A reader of the screen hears the new section; the first page load leaves focus where the browser put it.
    if (moveFocus) heading.focus({ preventScroll: true });
    scrollTo(0, 0);
    views[name].show();
  };

  addEventListener('hashchange', () => follow(true));
  follow(false);
}
