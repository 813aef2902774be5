// Every aggregate as a card with a chart. While the section is visible, the cards follow the feed at a bounded pace.

import { readDefinitions } from '../api.js';
import { byId } from '../lib/dom.js';
import { clearError, showError } from '../lib/notice.js';
import { Pace } from '../lib/pace.js';
import { syncChildren } from '../lib/sync.js';
import { AggregateCard } from './aggregate-card.js';

const refreshMs = 2_000;

export function aggregatesView(feed) {
  const place = byId('aggregate-cards');
  const empty = byId('aggregates-empty');
  const error = byId('aggregates-error');
  const cards = new Map();
  let visible = false, wanted = '';

  const pace = new Pace(refresh, refreshMs);
  feed.onMessage(() => visible && pace.request());

  async function refresh() {
    try {
      const definitions = await readDefinitions();
      syncChildren(place, syncCards(definitions));
      empty.hidden = definitions.length > 0;
      // One card after the other, so that a page of charts is no burst of requests.
      for (const card of cards.values()) await card.refresh();
      clearError(error);
      goToWanted();
    } catch (problem) {
      showError(error, problem, () => pace.now());
    }
  }

  function syncCards(definitions) {
    for (const name of cards.keys())
      if (!definitions.some(each => each.name === name)) cards.delete(name);
    for (const definition of definitions) {
      if (!cards.has(definition.name)) cards.set(definition.name, new AggregateCard(definition, () => pace.now()));
      cards.get(definition.name).definition = definition;
    }
    return definitions.map(each => cards.get(each.name).element);
  }

  /** Scrolls once to the card that the address names. */
  function goToWanted() {
    const card = cards.get(wanted);
    wanted = '';
    if (card === undefined) return;
    card.element.scrollIntoView();
    card.title.focus({ preventScroll: true });
  }

  return {
    show({ argument }) {
      visible = true;
      wanted = argument;
      pace.now();
    },
    hide() {
      visible = false;
    },
  };
}
