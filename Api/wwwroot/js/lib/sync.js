// Updates a list in place. Elements that stay are not taken out, so focus, selection and scrolling stay too.

/** Makes `elements` the children of `parent`, in that order. */
export function syncChildren(parent, elements) {
  const wanted = new Set(elements);
  const lost = [...parent.children].filter(each => !wanted.has(each));
  const focused = lost.findIndex(each => each.contains(document.activeElement));
  const place = focused < 0 ? -1 : [...parent.children].indexOf(lost[focused]);
  for (const each of lost) each.remove();
  elements.forEach((each, index) => {
    if (parent.children[index] !== each) parent.insertBefore(each, parent.children[index] ?? null);
  });
  // The focus of a removed row goes to the row in its place, so that the keyboard goes on from there.
  if (place >= 0) parent.children[Math.min(place, elements.length - 1)]?.querySelector('input, a, button')?.focus();
}

/** Paints `place` anew and gives the focus back to the link that had it. */
export function keepFocus(place, paint) {
  const address = place.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  paint();
  if (address !== null)
    [...place.querySelectorAll('a')]
      .find(link => link.getAttribute('href') === address)
      ?.focus({ preventScroll: true });
}

/** Sets the text only when it changes, so that screen readers do not announce a status twice. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
