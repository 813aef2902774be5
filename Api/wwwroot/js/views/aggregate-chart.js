// Chooses which part of an aggregate its chart draws: the largest groups, ordered numbers, or lines over time.

import { measureNames, quantilesWith } from '../aggregate.js';
import { bars } from '../charts/bars.js';
import { columns } from '../charts/columns.js';
import { series } from '../charts/series.js';
import { h } from '../lib/dom.js';
import { count, measure as shown, windowTime } from '../lib/format.js';
import { toNumber } from '../lib/json.js';

const maxBars = 16;
const maxColumns = 200;
const maxLines = 6;

/** `{element, legend, note}` for the chart of one measure. */
export function drawChart(frame, chart) {
  return { figures, bars: drawBars, columns: drawColumns, series: drawSeries }[chart.kind](frame, chart);
}

function figures(_frame, { rows }) {
  const element = h('dl', { class: 'figures' }, ...Object.entries(rows[0].measures).map(([name, value]) =>
    h('div', {}, h('dt', {}, name), h('dd', {}, shown(value)))));
  return { element, note: '' };
}

function drawBars(frame, { rows, measure, definition }) {
  const sorted = withValues(rows, measure).sort((a, b) => b.value - a.value);
  frame.show(bars(`${definition.name}: ${measure} by group`, sorted.slice(0, maxBars)));
  const rest = sorted.length - maxBars;
  return { element: frame.element, note: rest > 0 ? `${count(rest)} smaller groups are in the table.` : '' };
}

function drawColumns(frame, { rows, measure, definition }) {
  const numbers = withValues(rows, measure).filter(row => toNumber(row.label) !== null)
    .sort((a, b) => toNumber(a.label) - toNumber(b.label));
  frame.show(columns(`${definition.name}: ${measure} by ${definition.group[0].name}`, numbers.slice(0, maxColumns)));
  const left = rows.length - Math.min(numbers.length, maxColumns);
  return { element: frame.element, note: left > 0 ? `${count(left)} more in the table.` : '' };
}

function drawSeries(frame, { rows, measure, definition, isAdditive }) {
  const sizeMs = definition.window.sizeMs;
  const windows = windowsOf(rows, sizeMs);
  const groups = Map.groupBy(rows, row => row.label);
  const lineOf = (entries, label, name) => {
    const byStart = new Map(entries.map(row => [row.start, toNumber(row.measures[name])]));
    return { label, values: windows.map(start => byStart.get(start) ?? (isAdditive ? 0 : null)) };
  };
  const weight = entries => entries.reduce((sum, row) => sum + (toNumber(row.measures.count) ?? 1), 0);
  const largest = [...groups].sort((a, b) => weight(b[1]) - weight(a[1])).slice(0, maxLines);
  const quantiles = groups.size === 1 ? quantilesWith(measure, measureNames(rows)) : null;
  const lines =
    quantiles !== null
      ? quantiles.slice(0, maxLines).map(name => lineOf(rows, name, name))
      : largest.map(([label, entries]) => lineOf(entries, label, measure));
  const title = `${definition.name}: ${measure} over time`;
  if (isAdditive && lines.length === 1 && isUnbroken(windows, sizeMs)) {
    frame.show(columns(title, columnsOf(rows, measure, sizeMs)));
    return { element: frame.element, note: '' };
  }
  frame.show(series(title, windows, lines, sizeMs));
  const legend =
    lines.length < 2
      ? undefined
      : h('ul', { class: 'chart-legend' },
          ...lines.map((line, index) => h('li', { class: `chart-swatch chart-series-${index}` }, line.label)),
        );
  const rest = groups.size - largest.length;
  return {
    element: frame.element, legend,
    note: rest > 0 ? `The ${maxLines} largest of ${count(groups.size)} groups; the others are in the table.` : '',
  };
}

/** True when no window from the first to the last is missing: then each column stands at its time. */
const isUnbroken = (windows, sizeMs) =>
  windows.length <= maxColumns && windows.at(-1) - windows[0] === (windows.length - 1) * sizeMs;

function columnsOf(rows, measure, sizeMs) {
  const byStart = new Map(rows.map(row => [row.start, row]));
  const starts = windowsOf(rows, sizeMs);
  return starts.map(start => {
    const row = byStart.get(start);
    const lines = Object.entries(row?.measures ?? { [measure]: 0 }).map(([name, each]) => [name, shown(each)]);
    return { label: windowTime(start, sizeMs), value: toNumber(row?.measures[measure]) ?? 0, lines };
  });
}

/** The windows that have rows, with the first and last empty window of each gap, so that lines fall to zero there. */
function windowsOf(rows, sizeMs) {
  const starts = [...new Set(rows.map(row => row.start))].sort((a, b) => a - b);
  return starts.flatMap((start, index) => {
    const next = starts[index + 1];
    if (next === undefined || next - start <= sizeMs) return [start];
    return next - start === 2 * sizeMs ? [start, start + sizeMs] : [start, start + sizeMs, next - sizeMs];
  });
}

function withValues(rows, measure) {
  return rows.flatMap(row => {
    const value = toNumber(row.measures[measure]);
    const lines = Object.entries(row.measures).map(([name, each]) => [name, shown(each)]);
    return value === null ? [] : [{ label: row.label, value, lines }];
  });
}
