// The ledger: every accepted message has exactly one status, and the page shows the sum that proves it.

import { readLedger } from '../api.js';
import { byId, h, svg } from '../lib/dom.js';
import { count } from '../lib/format.js';
import { toNumber } from '../lib/json.js';
import { clearError, showError } from '../lib/notice.js';
import { Pace } from '../lib/pace.js';
import { keepFocus } from '../lib/sync.js';

const refreshMs = 2_000;
const statuses = ['completed', 'skipped', 'processing', 'retrying', 'parked'];

export function ledgerView(feed) {
  const sum = byId('ledger-sum'), strip = byId('ledger-strip'), verdict = byId('ledger-verdict');
  const body = byId('ledger-sources'), error = byId('ledger-error');
  const verify = byId('ledger-verify'), recount = byId('ledger-recount');
  let visible = false;

  const pace = new Pace(() => read({ verify: false }), refreshMs);
  feed.onMessage(() => visible && pace.request());
  verify.addEventListener('click', () => read({ verify: true }));

  async function read(options) {
    if (options.verify) verify.disabled = true;
    try {
      const ledger = await readLedger(options);
      keepFocus(byId('ledger'), () => paint(ledger));
      if (options.verify) paintRecount(ledger);
      clearError(error);
    } catch (problem) {
      showError(error, problem, () => read(options));
    } finally {
      if (options.verify) verify.disabled = false;
    }
  }

  function paint(ledger) {
    sum.replaceChildren(term('accepted', ledger.accepted), ...statuses.map((status, index) =>
      h('span', { class: 'ledger-part' }, sign(index === 0 ? '=' : '+'), term(status, ledger[status]))));
    verdict.textContent = ledger.balances ? 'The books balance.' : 'The books do not balance.';
    verdict.className = ledger.balances ? 'ledger-verdict is-good' : 'ledger-verdict is-bad';
    paintStrip(ledger);
    body.replaceChildren(
      ...Object.entries(ledger.bySource).map(([source, counts]) =>
        h('tr', {},
          h('th', { scope: 'row' }, source),
          ...['accepted', ...statuses].map(status =>
            h('td', { class: 'number' }, linked(status, counts[status], { source })),
          ),
        ),
      ),
    );
  }

  function paintStrip(ledger) {
    const accepted = toNumber(ledger.accepted) ?? 0;
    let left = 0;
    strip.replaceChildren(...statuses.map(status => {
      const width = accepted === 0 ? 0 : ((toNumber(ledger[status]) ?? 0) / accepted) * 1000;
      left += width;
      return svg('rect', { class: `status-part status-${status}`, x: left - width, y: 0, width, height: 10 });
    }));
  }

  function paintRecount({ recount: rows, matches }) {
    recount.hidden = false;
    recount.className = matches ? 'ledger-verdict is-good' : 'ledger-verdict is-bad';
    const counted = statuses.map(status => `${status} ${count(rows?.[status])}`).join(', ');
    const verdict = matches ? 'and every status agrees' : `which disagrees with the ledger (${counted})`;
    recount.textContent = `Counted again, row by row: ${count(rows?.accepted)} accepted, ${verdict}.`;
  }

  return {
    show() {
      visible = true;
      pace.now();
    },
    hide() {
      visible = false;
    },
  };
}

const term = (name, value) =>
  h('span', { class: 'ledger-term' },
    h('strong', {}, linked(name, value)),
    h('span', { class: `status status-${name}` }, name),
  );

/** The count; a count of failures links to them. */
function linked(status, value, conditions = {}) {
  const number = count(value);
  if (!['retrying', 'parked'].includes(status) || toNumber(value) === 0) return number;
  return h('a', {
    href: `#/failures?${new URLSearchParams({ status: status.toUpperCase(), ...conditions })}`,
    'aria-label': `${number} ${status}: show them`,
  }, number);
}

const sign = text => h('span', { class: 'ledger-sign' }, text);
