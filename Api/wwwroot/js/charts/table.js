// The numbers of a chart as a table, for screen readers and for copying.

import { h } from '../lib/dom.js';
import { plural } from '../lib/format.js';

const maxRows = 500;

/**
 * A table that opens. `heads` are the column titles, `rows` are arrays of text. `isNumber(index)` tells which columns
 * hold numbers; the others hold text.
 */
export function tableOf(caption, heads, rows, isNumber) {
  const shown = rows.slice(0, maxRows);
  const cut = rows.length > maxRows ? ` – the first ${maxRows}` : '';
  return h('details', { class: 'chart-table' },
    h('summary', {}, `Table: ${plural(rows.length, 'row')}${cut}`),
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
      h('table', {},
        h('caption', { class: 'visually-hidden' }, caption),
        h('thead', {},
          h('tr', {},
            ...heads.map((head, index) => h('th', { scope: 'col', class: isNumber(index) ? 'number' : null }, head)),
          ),
        ),
        h('tbody', {},
          ...shown.map(row =>
            h('tr', {},
              ...row.map((cell, index) =>
                index === 0
                  ? h('th', { scope: 'row' }, cell)
                  : h('td', { class: isNumber(index) ? 'number' : null }, cell),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
