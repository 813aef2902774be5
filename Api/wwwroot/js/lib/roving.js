// One tab stop for many marks: arrow keys move between them, Tab leaves. Toolbars and grids use the same pattern.

/** Makes `marks` one tab stop. Arrow keys, Home and End move the focus; Escape calls `onLeave`. */
export function roving(marks, onLeave) {
  marks.forEach((mark, index) => {
    mark.setAttribute('tabindex', index === 0 ? '0' : '-1');
    mark.addEventListener('focus', () => {
      for (const other of marks) other.setAttribute('tabindex', other === mark ? '0' : '-1');
    });
    mark.addEventListener('keydown', event => {
      if (event.key === 'Escape') return onLeave();
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const next = step(index, event.key, marks.length);
      if (next === null) return;
      event.preventDefault();
      marks[next].focus();
    });
  });
}

function step(index, key, length) {
  switch (key) {
    case 'ArrowRight': case 'ArrowDown': return Math.min(index + 1, length - 1);
    case 'ArrowLeft': case 'ArrowUp': return Math.max(index - 1, 0);
    case 'Home': return 0;
    case 'End': return length - 1;
    default: return null;
  }
}
