// One tooltip for all charts. The pointer and the keyboard focus show it, and it covers neither.

import { byId, h } from './dom.js';

const gapPx = 10;

/** Shows `title` and `lines` ([label, value] pairs) above `mark`, or below where there is no room above. */
export function showTooltip(mark, title, lines) {
  const tip = byId('tooltip');
  tip.replaceChildren(
    h('strong', {}, title),
    ...lines.map(([label, value, swatch]) =>
      h('span', { class: 'tooltip-line' },
        h(
          'span',
          { class: swatch === undefined ? 'tooltip-label' : `tooltip-label chart-swatch chart-series-${swatch}` },
          label,
        ),
        h('span', { class: 'tooltip-value' }, value),
      ),
    ),
  );
  tip.hidden = false;
  const at = mark.getBoundingClientRect();
  const size = tip.getBoundingClientRect();
  const left = at.left + at.width / 2 - size.width / 2;
  const above = at.top - size.height - gapPx;
  tip.style.left = `${Math.max(gapPx, Math.min(left, document.documentElement.clientWidth - size.width - gapPx))}px`;
  tip.style.top = `${above < gapPx ? at.bottom + gapPx : above}px`;
}

export function hideTooltip() {
  byId('tooltip').hidden = true;
}

/** Gives a mark the tooltip that `describe()` returns as [title, lines], for pointer and keyboard. */
export function describeWith(mark, describe) {
  const show = () => showTooltip(mark, ...describe());
  mark.addEventListener('pointerenter', show);
  mark.addEventListener('focus', show);
  mark.addEventListener('pointerleave', hideTooltip);
  mark.addEventListener('blur', hideTooltip);
}
