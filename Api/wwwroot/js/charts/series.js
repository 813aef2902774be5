// Lines over time, one per group. Each window is one mark, whose tooltip shows all groups.

import { svg } from '../lib/dom.js';
import { measure, windowTime } from '../lib/format.js';
import { describeWith } from '../lib/tooltip.js';
import { linear, ticks, timeTicks } from './scale.js';

const heightPx = 240;
const leftPx = 46;
const rightPx = 12;
const topPx = 10;
const bottomPx = 26;
const tickPx = 96;

/**
 * `windows` are start times in ms, ascending. `lines` are `{label, values}` with one number or null per window; null
 * breaks the line. `sizeMs` is the size of a window.
 */
export const series = (title, windows, lines, sizeMs) => width => {
  const values = lines.flatMap(line => line.values).filter(value => value !== null);
  const marksAt = ticks(Math.min(0, ...values), Math.max(0, ...values), 5);
  const y = linear(marksAt[0], marksAt.at(-1), heightPx - bottomPx, topPx);
  const x = linear(windows[0], windows.at(-1), leftPx + 6, width - rightPx);
  const time = timeTicks(windows[0], windows.at(-1), Math.max(2, Math.floor((width - leftPx) / tickPx)));
  const grid = [
    ...marksAt.flatMap(value => [
      svg('line', {
        class: value === 0 ? 'chart-axis' : 'chart-grid', x1: leftPx, x2: width, y1: y(value), y2: y(value),
      }),
      svg('text', { x: leftPx - 7, y: y(value), 'text-anchor': 'end', 'dominant-baseline': 'central' }, measure(value)),
    ]),
    ...time.marks.map(at =>
      svg('text', { x: x(at), y: heightPx - 9, 'text-anchor': anchor(x(at), width) }, windowTime(at, time.step)),
    ),
  ];
  const paths = lines.map((line, index) =>
    svg('path', { class: `chart-line chart-series-${index}`, d: path(line.values, windows, x, y) }),
  );
  const points = lines.flatMap((line, index) =>
    line.values.map((value, at) =>
      value === null || windows.length > 120
        ? null
        : svg('circle', { class: `chart-point chart-series-${index}`, cx: x(windows[at]), cy: y(value), r: 2.2 }),
    ),
  );
  const marks = windows.map((at, index) => {
    const left = index === 0 ? leftPx : (x(windows[index - 1]) + x(at)) / 2;
    const right = index === windows.length - 1 ? width : (x(at) + x(windows[index + 1])) / 2;
    const told = lines.map((line, order) => [line.label, measure(line.values[index]), order]);
    const mark = svg('g', {
      class: 'chart-mark', role: 'img',
      'aria-label': `${windowTime(at, sizeMs)}: ${told.map(([label, value]) => `${label} ${value}`).join(', ')}`,
    },
      svg('rect', {
        class: 'chart-hit', x: left, y: topPx, width: Math.max(0.5, right - left),
        height: heightPx - topPx - bottomPx,
      }),
      svg('line', { class: 'chart-crosshair', x1: x(at), x2: x(at), y1: topPx, y2: heightPx - bottomPx }),
    );
    describeWith(mark, () => [windowTime(at, sizeMs), told]);
    return mark;
  });
  return { label: title, height: heightPx, shapes: [...grid, ...marks, ...paths, ...points], marks };
};

function path(values, windows, x, y) {
  let pen = 'M';
  return values.map((value, index) => {
    if (value === null) {
      pen = 'M';
      return '';
    }
    const step = `${pen}${x(windows[index]).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = 'L';
    return step;
  }).join('');
}

const anchor = (at, width) => (at > width - 40 ? 'end' : at < leftPx + 30 ? 'start' : 'middle');
