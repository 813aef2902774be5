// One silo as a card: what it owns, how fast its rounds are, what waits, and its last moves. The card is updated in
// place.

import { h } from './lib/dom.js';
import { clip, count, runTime } from './lib/format.js';
import { setText } from './lib/sync.js';

const tonesCount = 6;
const maxAddressChars = 80;
const maxReasonChars = 300;
const maxMovesCount = 5;

const figures = [
  ['partitions', silo => count(silo.partitionCount)],
  ['rounds/s', silo => rate(silo.roundsPerSecond)],
  ['commit', silo => runTime(silo.commitMs)],
  ['feed lag', silo => runTime(silo.feedLagMs)],
  ['calls waiting', silo => optional(silo.inboxDepth)],
  ['rows waiting', silo => count(silo.deferredRowCount)],
];

let nextId = 1;

/** The colour of a silo, by its place among the silos. Silos beyond the last colour share colours. */
export const toneOf = index => `var(--series-${index % tonesCount})`;

export class SiloCard {
  #signature = null;
  #mark = h('span', { class: 'cluster-square' });
  #state = h('span', { class: 'silo-state' });
  #address = h('p', { class: 'card-hint' });
  #silence = h('p', { class: 'silo-silence' });
  #values = figures.map(() => h('dd', {}));
  #moves = h('ol', { class: 'silo-moves' });

  constructor(silo, tone) {
    const titleId = `silo-${nextId++}`;
    this.element = h('article', { class: 'card', 'aria-labelledby': titleId },
      h('header', {},
        h('div', {}, h('h2', { id: titleId }, this.#mark, `Silo ${silo.id}`), this.#address),
        this.#state,
      ),
      this.#silence,
      h('dl', { class: 'figures is-small' },
        ...figures.map(([name], index) => h('div', {}, h('dt', {}, name), this.#values[index])),
      ),
      this.#moves,
    );
    this.update(silo, tone);
  }

  update(silo, tone) {
    figures.forEach(([, read], index) => setText(this.#values[index], read(silo)));
    this.#mark.style.setProperty('--tone', tone);
    const { address, silence, isLeaving, isCordoned, hasSession, moves } = silo;
    const signature = JSON.stringify([address, silence, isLeaving, isCordoned, hasSession, moves]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    const isWell = silence === null && hasSession;
    this.#state.classList.toggle('is-well', isWell);
    this.#state.classList.toggle('is-bad', !isWell);
    this.#state.textContent =
      silence !== null ? 'does not answer' : !hasSession ? 'no session' : isLeaving ? 'leaving'
        : isCordoned ? 'cordoned' : 'running';
    this.#address.textContent = address === '' ? 'alone with its database' : clip(address, maxAddressChars);
    this.#silence.textContent = silence === null ? '' : clip(silence, maxReasonChars);
    this.#silence.hidden = silence === null;
    this.#moves.replaceChildren(...(moves ?? []).slice(0, maxMovesCount).map(move));
  }
}

const move = ({ at, kind, partitionCount, why }) => h('li', {},
  h('time', { datetime: at }, at.slice(11, 19)),
  ' ',
  kind === 'DECLARED' ? '' : `${kind === 'TAKEN' ? 'took' : 'gave'} ${count(partitionCount)}: `,
  clip(why, maxReasonChars),
);

function rate(value) {
  if (value === null) return '–';
  return Number(value) < 10 ? Number(value).toFixed(1) : count(Math.round(Number(value)));
}

const optional = value => (value === null ? '–' : count(value));
