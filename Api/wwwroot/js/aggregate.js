// Reads the rows of one aggregate up to a limit, and puts them into the shape that the charts draw.

import { readAggregate } from './api.js';
import { toNumber, ExactNumber } from './lib/json.js';

/** The most rows that one chart reads; a narrower time range shows the rest. */
export const maxRows = 2_000;

const quantileMark = ' p';

/** `{rows, isWhole}`. A row is `{group, label, start, measures}`: `start` in ms or null, the measures by flat name. */
export async function readRows(name, range, signal) {
  const rows = [];
  let after;
  do {
    const page = await readAggregate(name, { ...range, after }, signal);
    rows.push(...page.rows.map(shape));
    after = page.next ?? undefined;
  } while (after !== undefined && rows.length < maxRows);
  return { rows: rows.slice(0, maxRows), isWhole: after === undefined && rows.length <= maxRows };
}

/** The names of all measures, in the order in which rows carry them. */
export const measureNames = rows => [...new Set(rows.flatMap(row => Object.keys(row.measures)))];

/** Measures for which "no row" means zero: nothing was counted, nothing summed. */
export const isAdditive = (name, definition) => name === 'count'
  || definition.measures.some(each => each.name === name && ['count', 'sum'].includes(each.kind.toLowerCase()));

/** Which chart suits: `figures`, `bars`, `columns` (a histogram over numbers) or `series` (windows). */
export function chartKind(definition, rows) {
  if (definition.window !== null && definition.window !== undefined) return 'series';
  if (definition.group.length === 0) return 'figures';
  const isHistogram = definition.group.length === 1 && rows.length > 2
    && rows.filter(row => toNumber(row.label) === null).length <= 1;
  return isHistogram ? 'columns' : 'bars';
}

/** The names of all quantiles of the same measure, or null when the name is no quantile. */
export function quantilesWith(name, names) {
  const [stem, quantile] = name.split(quantileMark);
  return quantile === undefined ? null : names.filter(each => each.startsWith(stem + quantileMark));
}

function shape({ group, windowStart, count, measures }) {
  const values = Object.values(group ?? {});
  return {
    group,
    label: values.length === 0 ? 'all' : values.map(labelOf).join(' · '),
    start: windowStart === null || windowStart === undefined ? null : Date.parse(windowStart),
    measures: Object.fromEntries(flat(count === undefined ? measures : { count, ...measures })),
  };
}

/** Quantiles come as an object from quantile to value: {"0.5": 1.2} of "magnitude" becomes "magnitude p50". */
function* flat(measures) {
  for (const [name, value] of Object.entries(measures)) {
    if (value === null || typeof value !== 'object' || value instanceof ExactNumber) yield [name, value];
    else yield* quantiles(name, value);
  }
}

function* quantiles(name, values) {
  for (const [quantile, each] of Object.entries(values).sort((a, b) => a[0] - b[0]))
    yield [name + quantileMark + percent(quantile), each];
}

const percent = quantile => Number((Number(quantile) * 100).toPrecision(6));

const labelOf = value => (value === null || value === undefined ? '(none)' : value === '' ? '(empty)' : String(value));
