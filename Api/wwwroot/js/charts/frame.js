// The place of a chart. The chart is drawn in true pixels, and again when the width changes; the keyboard focus stays
// on its mark.

import { h, svg } from '../lib/dom.js';
import { roving } from '../lib/roving.js';
import { hideTooltip } from '../lib/tooltip.js';

export class ChartFrame {
  #draw = null;
  #width = 0;

  constructor() {
    this.element = h('div', { class: 'chart' });
    new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (width === this.#width) return;
      this.#width = width;
      // Drawing changes the height. A resize observer must not do that in its own callback.
      requestAnimationFrame(() => this.#paint());
    }).observe(this.element);
  }

  /** `draw(width)` returns `{label, height, shapes, marks}`; marks are the shapes that take focus, in order. */
  show(draw) {
    this.#draw = draw;
    this.#paint();
  }

  #paint() {
    if (this.#draw === null || this.#width === 0) return;
    const { label, height, shapes, marks } = this.#draw(this.#width);
    const focused = [...this.element.querySelectorAll('[tabindex]')].indexOf(document.activeElement);
    if (this.element.contains(document.activeElement)) hideTooltip();
    this.element.replaceChildren(
      svg(
        'svg',
        { width: this.#width, height, viewBox: `0 0 ${this.#width} ${height}`, role: 'group', 'aria-label': label },
        ...shapes,
      ),
    );
    roving(marks, hideTooltip);
    if (focused >= 0) marks[Math.min(focused, marks.length - 1)]?.focus({ preventScroll: true });
  }
}
