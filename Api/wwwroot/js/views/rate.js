// The messages of each of the last sixty seconds, as a small strip of bars and a figure.

import { h, svg } from '../lib/dom.js';
import { plural } from '../lib/format.js';

const seconds = 60;
const heightPx = 28;
const slotPx = 4;

export function bindRate(place) {
  const counts = new Array(seconds).fill(0);
  let secondNow = Math.floor(Date.now() / 1000);
  let timer = null;
  const figure = h('strong', {});
  const strip = svg('svg', {
    width: seconds * slotPx, height: heightPx, viewBox: `0 0 ${seconds * slotPx} ${heightPx}`,
    preserveAspectRatio: 'none', class: 'rate-strip', 'aria-hidden': 'true',
  });
  place.append(strip, h('span', {}, figure, ' in the last minute'));

  const advance = () => {
    const now = Math.floor(Date.now() / 1000);
    const steps = Math.min(seconds, Math.max(0, now - secondNow));
    counts.splice(0, steps);
    while (counts.length < seconds) counts.push(0);
    secondNow = now;
  };

  const paint = () => {
    advance();
    const most = Math.max(1, ...counts);
    strip.replaceChildren(...counts.map((value, index) => {
      const height = value === 0 ? 1 : Math.max(2, (value / most) * heightPx);
      return svg('rect', {
        class: value === 0 ? 'rate-none' : 'rate-some', x: index * slotPx, y: heightPx - height, width: slotPx - 1,
        height,
      });
    }));
    figure.textContent = plural(counts.reduce((sum, value) => sum + value, 0), 'message');
  };

  return {
    add() {
      advance();
      counts[seconds - 1] += 1;
    },
    start() {
      paint();
      timer = setInterval(paint, 1000);
    },
    stop: () => clearInterval(timer),
  };
}
