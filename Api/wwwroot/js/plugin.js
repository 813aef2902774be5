// One plugin as a card: its state, media types and aggregates, how often and how long it ran. The card is updated in
// place.

import { h } from './lib/dom.js';
import { clip, count, runTime } from './lib/format.js';
import { setText } from './lib/sync.js';

const maxNameChars = 120;
const maxReasonChars = 600;

const figures = [
  ['runs', plugin => count(plugin.runs)],
  ['failures', plugin => count(plugin.failures), plugin => plugin.failures > 0],
  ['time-outs', plugin => count(plugin.timeouts), plugin => plugin.timeouts > 0],
  ['median', plugin => runTime(plugin.medianMs)],
  ['p99', plugin => runTime(plugin.p99Ms)],
  ['threads held', plugin => count(plugin.heldThreads), plugin => plugin.heldThreads > 0],
];

let nextId = 1;

export class PluginCard {
  #signature = null;
  #state = h('span', {});
  #version = h('p', { class: 'card-hint' });
  #reason = h('p', { class: 'plugin-reason' });
  #values = figures.map(() => h('dd', {}));
  #figures = h('dl', { class: 'figures is-small' },
    ...figures.map(([name], index) => h('div', {}, h('dt', {}, name), this.#values[index])),
  );
  #facts = h('dl', { class: 'facts is-small' });

  constructor(plugin) {
    const titleId = `plugin-${nextId++}`;
    this.element = h('article', { class: 'card', 'aria-labelledby': titleId },
      h('header', {},
        h('div', {}, h('h2', { id: titleId, title: plugin.name }, clip(plugin.name, maxNameChars)), this.#version),
        this.#state,
      ),
      this.#reason,
      this.#figures,
      this.#facts,
    );
    this.update(plugin);
  }

  update(plugin) {
    figures.forEach(([, read, isBad = () => false], index) => {
      setText(this.#values[index], read(plugin));
      this.#values[index].classList.toggle('is-bad', isBad(plugin));
    });
    // A plugin that was never loaded has no counts and no media types.
    const isLoaded = plugin.version !== null;
    this.#figures.hidden = !isLoaded;
    const { name, version, origin, state, reason, mediaTypes, aggregates } = plugin;
    const signature = JSON.stringify([version, origin, state, reason, mediaTypes, aggregates]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    this.#state.className = `plugin-state is-${state.toLowerCase()}`;
    this.#state.textContent = state.toLowerCase();
    this.#version.textContent = isLoaded ? `version ${clip(version, maxNameChars)}` : 'not loaded';
    this.#reason.textContent = reason === null ? '' : clip(reason, maxReasonChars);
    this.#reason.hidden = reason === null;
    this.#facts.replaceChildren(
      fact('from', clip(origin, maxReasonChars)),
      ...(isLoaded
        ? [
            fact('media types', mediaTypes.length === 0 ? 'none' : clip(mediaTypes.join(', '), maxReasonChars)),
            fact('aggregates', ...(aggregates.length === 0 ? ['none'] : spaced(aggregates.map(chartLink)))),
          ]
        : []),
      fact(
        'left undone',
        h('a', { href: `#/failures?${new URLSearchParams({ plugin: name })}` }, 'failures of its share'),
      ),
    );
  }
}

const chartLink = name => h('a', { href: `#/charts/${encodeURIComponent(name)}` }, clip(name, maxNameChars));

const spaced = links => links.flatMap((link, index) => (index === 0 ? [link] : [', ', link]));

const fact = (name, ...values) => h('div', {}, h('dt', {}, name), h('dd', {}, ...values));
