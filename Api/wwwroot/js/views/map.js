// A dot for every message that names a place: messages saved before the page was opened, then live ones.

import { readMessages } from '../api.js';
import { tableOf } from '../charts/table.js';
import { byId } from '../lib/dom.js';
import { count, exact, plural } from '../lib/format.js';
import { Newest } from '../lib/newest.js';
import { clearError, showError } from '../lib/notice.js';
import { Pace } from '../lib/pace.js';
import { DotMap } from '../map/dots.js';
import { placeName } from '../map/projection.js';
import { placeOf } from '../map/places.js';

/** The most dots on the map, and the most saved messages that are read to find them. */
const maxDots = 2_000;
const maxChars = 4_000_000;
const pageSize = 100;
const maxPages = 20;
const repaintMs = 500;

export function mapView(feed, seam) {
  const state = byId('map-state'), error = byId('map-error'), table = byId('map-table');
  const map = new DotMap(byId('map-place'));
  let places = new Newest(maxDots, maxChars);
  let loaded = false, loading = false, visible = false;

  const pace = new Pace(paint, repaintMs);
  feed.onMessage(({ message, text }) => {
    const place = placeOf(message, text);
    if (place === null) return;
    places.add(place);
    if (visible) pace.request();
  });

  // The pages are frozen where the feed began, so that no dot is missing and none is drawn twice.
  async function load() {
    if (loading) return;
    loading = true;
    const older = [];
    try {
      let paginationId = seam.paginationId;
      for (let page = 0; page < maxPages; page++) {
        const answer = await readMessages({ offset: page * pageSize, limit: pageSize, paginationId });
        paginationId = String(answer.paginationId);
        older.push(...answer.messages.map(message => placeOf(message)).filter(place => place !== null));
        state.textContent = `Reading saved messages: ${count(older.length)} places so far.`;
        if (answer.messages.length < pageSize) break;
      }
      const all = new Newest(maxDots, maxChars);
      for (const place of [...older.reverse(), ...places.entries]) all.add(place);
      places = all;
      loaded = true;
      clearError(error);
    } catch (problem) {
      showError(error, problem, load);
    } finally {
      loading = false;
    }
    paint();
  }

  function paint() {
    const shown = places.entries;
    map.paint(shown);
    state.textContent =
      shown.length === 0
        ? 'No message with longitude and latitude yet.'
        : `${plural(shown.length, 'place')}, the newest ones of the saved and live messages; ` +
          'larger dots are larger magnitudes.';
    const isOpen = table.querySelector('details')?.open ?? false;
    const rows = [...shown]
      .reverse()
      .slice(0, 100)
      .map(place => [
        placeName(place.longitude, place.latitude),
        exact(place.message.magnitude),
        String(place.message.place ?? place.message.name ?? '–'),
      ]);
    const fresh = tableOf('The newest places', ['position', 'magnitude', 'place'], rows, column => column === 1);
    fresh.open = isOpen;
    table.replaceChildren(fresh);
  }

  return {
    show() {
      visible = true;
      if (loaded) paint();
      else load();
    },
    hide() {
      visible = false;
    },
  };
}
