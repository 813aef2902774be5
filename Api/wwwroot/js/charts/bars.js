// Horizontal bars, one per group, largest first.

import { svg } from '../lib/dom.js';
import { measure } from '../lib/format.js';
import { describeWith } from '../lib/tooltip.js';
import { linear, ticks } from './scale.js';

const rowPx = 24;
const barPx = 14;
const axisPx = 22;
const valuePx = 56;
const charPx = 7;

/** Rows are `{label, value, lines}`, `value` a number. */
export const bars = (title, rows) => width => {
  const labelPx = Math.min(width * 0.38, Math.max(...rows.map(row => row.label.length)) * charPx + 12);
  const marksAt = ticks(
    Math.min(0, ...rows.map(row => row.value)),
    Math.max(0, ...rows.map(row => row.value)),
    Math.max(2, Math.floor(width / 110)),
  );
  const x = linear(marksAt[0], marksAt.at(-1), labelPx, width - valuePx);
  const bottom = rows.length * rowPx;
  const grid = marksAt.flatMap(value => [
    svg('line', { class: value === 0 ? 'chart-axis' : 'chart-grid', x1: x(value), x2: x(value), y1: 0, y2: bottom }),
    svg('text', { x: x(value), y: bottom + 15, 'text-anchor': 'middle' }, measure(value)),
  ]);
  const marks = rows.map((row, index) => {
    const top = index * rowPx;
    const mark = svg('g', { class: 'chart-mark', role: 'img', 'aria-label': `${row.label}: ${measure(row.value)}` },
      svg('rect', { class: 'chart-hit', x: 0, y: top, width, height: rowPx }),
      svg('text', {
        class: 'chart-label', x: labelPx - 8, y: top + rowPx / 2, 'text-anchor': 'end',
        'dominant-baseline': 'central',
      }, clip(row.label, labelPx)),
      svg('rect', {
        class: 'chart-bar', x: Math.min(x(0), x(row.value)), y: top + (rowPx - barPx) / 2,
        width: Math.max(1, Math.abs(x(row.value) - x(0))), height: barPx, rx: 2,
      }),
      svg('text', {
        class: 'chart-value', x: Math.max(x(0), x(row.value)) + 6, y: top + rowPx / 2,
        'dominant-baseline': 'central',
      }, measure(row.value)),
    );
    describeWith(mark, () => [row.label, row.lines]);
    return mark;
  });
  return { label: title, height: bottom + axisPx, shapes: [...grid, ...marks], marks };
};

const clip = (text, widthPx) => {
  const room = Math.floor((widthPx - 8) / charPx);
  return text.length > room ? `${text.slice(0, Math.max(1, room - 1))}…` : text;
};
