// The ground under the dots: sea, land, and a grid with degrees at its edges.

import { svg } from '../lib/dom.js';
import { land, water } from './land.js';
import { mapHeight, mapWidth, pathOf, xOf, yOf } from './projection.js';

const stepDegrees = 30;

export function ground() {
  const meridians = range(-180 + stepDegrees, 180 - stepDegrees);
  const parallels = range(-90 + stepDegrees, 90 - stepDegrees);
  return svg('g', { 'aria-hidden': 'true' },
    svg('rect', { class: 'map-sea', width: mapWidth, height: mapHeight }),
    svg('path', { class: 'map-land', d: pathOf(land) }),
    svg('path', { class: 'map-sea', d: pathOf(water) }),
    ...meridians.map(degree =>
      svg('line', {
        class: degree === 0 ? 'map-axis' : 'map-grid', x1: xOf(degree), x2: xOf(degree), y1: 0, y2: mapHeight,
      }),
    ),
    ...parallels.map(degree =>
      svg('line', {
        class: degree === 0 ? 'map-axis' : 'map-grid', x1: 0, x2: mapWidth, y1: yOf(degree), y2: yOf(degree),
      }),
    ),
    ...meridians.map(degree =>
      svg(
        'text',
        { class: isMain(degree) ? 'map-degree' : 'map-degree is-between', x: xOf(degree) + 5, y: mapHeight - 7 },
        name(degree, 'W', 'E'),
      ),
    ),
    ...parallels.map(degree =>
      svg('text', { class: isMain(degree) ? 'map-degree' : 'map-degree is-between', x: 6, y: yOf(degree) - 5 },
        name(degree, 'S', 'N'),
      ),
    ),
  );
}

const range = (from, to) =>
  Array.from({ length: (to - from) / stepDegrees + 1 }, (_, index) => from + index * stepDegrees);
// A small screen shows every other degree.
const isMain = degree => degree % (2 * stepDegrees) === 0;
const name = (degree, below, above) => (degree === 0 ? '0°' : `${Math.abs(degree)}° ${degree < 0 ? below : above}`);
