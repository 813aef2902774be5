// One aggregate: its definition, the choice of the measure, the chart, the time range for windows, and the table.

import { chartKind, isAdditive, maxRows, measureNames, readRows } from '../aggregate.js';
import { ChartFrame } from '../charts/frame.js';
import { tableOf } from '../charts/table.js';
import { h } from '../lib/dom.js';
import { count, duration, exact, windowTime } from '../lib/format.js';
import { drawChart } from './aggregate-chart.js';

let nextId = 1;

const unfed = 'Not counted any more: the configuration does not have it. What was counted stays as it is.';

export class AggregateCard {
  #rows = [];
  #isWhole = true;
  #shown = '';
  #frame = new ChartFrame();
  #chart = h('div', {});
  #legend = h('div', {});
  #note = h('p', { class: 'card-hint' });
  #state = h('p', { class: 'aggregate-state', hidden: true }, unfed);
  #table = h('div', {});
  #measure = h('select', { onchange: () => this.#paint() });
  #from;
  #to;

  /** `onRange` is called when the reader chooses another time range; it must call `refresh`. */
  constructor(definition, onRange) {
    this.definition = definition;
    this.#from = h('input', { type: 'date', onchange: onRange });
    this.#to = h('input', { type: 'date', onchange: onRange });
    const titleId = `aggregate-${nextId++}`;
    this.title = h('h2', { id: titleId, tabindex: '-1' }, definition.name);
    const isWindowed = definition.window !== null && definition.window !== undefined;
    this.element = h('article', { class: isWindowed ? 'card is-wide' : 'card', 'aria-labelledby': titleId },
      h('header', {},
        h('div', {}, this.title, h('p', { class: 'card-hint' }, describe(definition)), this.#state),
        h('div', { class: 'card-controls' },
          h('label', {}, 'Measure ', this.#measure),
          isWindowed ? h('label', {}, 'From ', this.#from) : null,
          isWindowed ? h('label', {}, 'Until ', this.#to) : null)),
      this.#legend, this.#chart, this.#note, this.#table);
  }

  async refresh() {
    this.#state.hidden = this.definition.isFed !== false;
    const { rows, isWhole } = await readRows(this.definition.name, this.#range());
    // Unchanged numbers are not drawn again: the focus and the tooltip stay.
    const signature = JSON.stringify([rows, this.definition.generation], (_key, value) => value?.source ?? value);
    if (signature === this.#shown) return;
    this.#shown = signature;
    this.#rows = rows;
    this.#isWhole = isWhole;
    this.#paint();
  }

  #range() {
    const day = 86_400_000;
    const until = this.#to.value === '' ? undefined : new Date(Date.parse(this.#to.value) + day).toISOString();
    return { from: this.#from.value === '' ? undefined : new Date(this.#from.value).toISOString(), to: until };
  }

  #paint() {
    const names = measureNames(this.#rows);
    if (names.join() !== [...this.#measure.options].map(option => option.value).join()) {
      const chosen = this.#measure.value;
      this.#measure.replaceChildren(
        ...names.map(name => h('option', { value: name, selected: name === chosen }, name)),
      );
    }
    const name = this.#measure.value;
    const { element, legend, note } = this.#rows.length === 0
      ? { element: h('p', { class: 'hint' }, this.#emptyText()), note: '' }
      : drawChart(this.#frame, {
        kind: chartKind(this.definition, this.#rows), definition: this.definition,
        rows: this.#rows, measure: name, isAdditive: isAdditive(name, this.definition),
      });
    this.#legend.replaceChildren(...(legend === undefined ? [] : [legend]));
    if (this.#chart.firstChild !== element) this.#chart.replaceChildren(element);
    this.#note.textContent = [
      note,
      this.#isWhole
        ? ''
        : `These are the first ${count(maxRows)} rows; choose a time range or read the rest through the API.`,
    ]
      .filter(Boolean)
      .join(' ');
    this.#paintTable(names);
  }

  /** A new aggregate counts from now on; a replay, which counts stored messages, starts on demand. */
  #emptyText() {
    const { from, to } = this.#range();
    const isFresh = from === undefined && to === undefined && this.definition.isFed !== false;
    if (!isFresh) return 'Nothing has been counted here.';
    return 'Nothing has been counted here. '
      + 'Messages that were stored before it was configured are counted when it is reprocessed: '
      + `POST /api/v1/reprocess?aggregate=${encodeURIComponent(this.definition.name)}`;
  }

  #paintTable(names) {
    const groups = this.definition.group.map(each => each.name);
    const window = this.definition.window ?? null;
    const heads = [
      ...(window === null ? [] : ['window (UTC)']),
      ...(groups.length > 0 || window !== null ? groups : ['']),
      ...names,
    ];
    const isOpen = this.#table.querySelector('details')?.open ?? false;
    const rows = this.#rows.map(row => [
      ...(window === null ? [] : [windowTime(row.start, window.sizeMs)]),
      ...(groups.length > 0 || window !== null ? groups.map(group => exact(row.group?.[group])) : ['all']),
      ...names.map(name => exact(row.measures[name])),
    ]);
    const texts = heads.length - names.length;
    const table = tableOf(`${this.definition.name} as a table`, heads, rows, column => column >= texts);
    table.open = isOpen;
    this.#table.replaceChildren(table);
  }
}

function describe({ sources, group, window }) {
  const parts = [];
  if (group.length > 0) parts.push(`by ${group.map(each => each.name).join(' and ')}`);
  if (window !== null && window !== undefined)
    parts.push(`per ${duration(window.sizeMs).replace(/^1 /, '')} of ${window.by}`);
  parts.push(sources?.length > 0 ? `from ${sources.join(', ')}` : 'from every source');
  return parts.join(', ');
}
