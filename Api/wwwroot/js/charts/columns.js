// Vertical columns in the order given: a histogram over groups that are numbers, or one column per window.

import { svg } from '../lib/dom.js';
import { measure } from '../lib/format.js';
import { describeWith } from '../lib/tooltip.js';
import { linear, ticks } from './scale.js';

const heightPx = 220;
const leftPx = 46;
const topPx = 10;
const bottomPx = 26;
const minLabelPx = 34;
const maxColumnPx = 72;

/** Rows are `{label, value, lines}`; `value` is null where nothing was measured. */
export const columns = (title, rows) => width => {
  const values = rows.map(row => row.value).filter(value => value !== null);
  const marksAt = ticks(Math.min(0, ...values), Math.max(0, ...values), 5);
  const y = linear(marksAt[0], marksAt.at(-1), heightPx - bottomPx, topPx);
  const slot = (width - leftPx) / rows.length;
  const longest = Math.max(...rows.map(row => row.label.length)) * 7;
  const every = Math.ceil(Math.max(minLabelPx, longest + 8) / slot);
  const grid = marksAt.flatMap(value => [
    svg('line', {
      class: value === 0 ? 'chart-axis' : 'chart-grid', x1: leftPx, x2: width, y1: y(value), y2: y(value),
    }),
    svg('text', { x: leftPx - 7, y: y(value), 'text-anchor': 'end', 'dominant-baseline': 'central' }, measure(value)),
  ]);
  const marks = rows.map((row, index) => {
    const left = leftPx + index * slot;
    const value = row.value ?? 0;
    const gap = Math.max(Math.min(4, slot * 0.15), slot - maxColumnPx);
    const mark = svg('g', { class: 'chart-mark', role: 'img', 'aria-label': `${row.label}: ${measure(row.value)}` },
      svg('rect', { class: 'chart-hit', x: left, y: topPx, width: slot, height: heightPx - bottomPx - topPx }),
      svg('rect', {
        class: 'chart-bar', x: left + gap / 2, y: Math.min(y(0), y(value)), width: Math.max(0.5, slot - gap),
        height: Math.abs(y(value) - y(0)), rx: Math.min(2, slot / 4),
      }),
      index % every === 0
        ? svg('text', { x: left + slot / 2, y: heightPx - 9, 'text-anchor': 'middle' }, row.label)
        : null,
    );
    describeWith(mark, () => [row.label, row.lines]);
    return mark;
  });
  return { label: title, height: heightPx, shapes: [...grid, ...marks], marks };
};
