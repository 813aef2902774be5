// Dots on the ground, larger for larger magnitudes. One tab stop; an arrow key goes to the nearest dot in its
// direction.

import { byId, svg } from '../lib/dom.js';
import { exact } from '../lib/format.js';
import { ExactNumber } from '../lib/json.js';
import { describeWith, hideTooltip } from '../lib/tooltip.js';
import { ground } from './ground.js';
import { nearest } from './places.js';
import { mapHeight, mapWidth, placeName, xOf, yOf } from './projection.js';
import { MapWindow } from './window.js';

const maxFields = 6;

export class DotMap {
  #dots = svg('g', {});
  #window;
  #places = [];
  #dotOf = new Map();
  #stop = null;

  constructor(place) {
    const root = svg(
      'svg',
      { class: 'map', viewBox: `0 0 ${mapWidth} ${mapHeight}`, role: 'group', 'aria-label': 'Map of messages' },
      ground(),
      this.#dots,
    );
    place.append(root);
    this.#window = new MapWindow(root, () => this.#resize());
    this.#dots.addEventListener('keydown', event => this.#walk(event));
    byId('map-in').addEventListener('click', () => this.#zoom(2));
    byId('map-out').addEventListener('click', () => this.#zoom(0.5));
    byId('map-all').addEventListener('click', () => this.#zoom(0));
  }

  /** Shows the places, oldest first, so that the newest lies on top. Dots that stay keep the focus. */
  paint(places) {
    const kept = new Set(places);
    for (const [place, dot] of this.#dotOf) {
      dot.classList.remove('is-newest');
      if (kept.has(place)) continue;
      dot.remove();
      this.#dotOf.delete(place);
    }
    for (const place of places) {
      if (!this.#dotOf.has(place)) this.#dotOf.set(place, this.#dot(place));
    }
    // Saved messages may arrive after the first live ones. Only dots in the wrong place move.
    places.forEach((place, index) => {
      const dot = this.#dotOf.get(place);
      if (this.#dots.children[index] !== dot) this.#dots.insertBefore(dot, this.#dots.children[index] ?? null);
    });
    this.#places = places.slice();
    const newest = this.#dotOf.get(places.at(-1));
    newest?.classList.add('is-newest');
    if (!this.#dots.contains(document.activeElement) && newest !== undefined) this.#moveStop(newest);
  }

  #dot(place) {
    const { longitude, latitude, magnitude, message } = place;
    const dot = svg('circle', {
      class: 'map-dot', cx: xOf(longitude), cy: yOf(latitude), r: this.#radius(magnitude), role: 'img', tabindex: '-1',
      'aria-label': `${placeName(longitude, latitude)}${magnitude === null ? '' : `, magnitude ${magnitude}`}`,
    });
    dot.addEventListener('focus', () => {
      this.#moveStop(dot);
      this.#window.reveal(xOf(longitude), yOf(latitude));
    });
    describeWith(dot, () => [placeName(longitude, latitude), fieldsOf(message)]);
    return dot;
  }

  /** Tab enters the map at one dot: the newest, or the last one with the focus. */
  #moveStop(dot) {
    this.#stop?.setAttribute('tabindex', '-1');
    dot.setAttribute('tabindex', '0');
    this.#stop = dot;
  }

  #walk(event) {
    if (event.key === 'Escape') return hideTooltip();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const from = this.#places.findIndex(place => this.#dotOf.get(place) === event.target);
    const next =
      { Home: 0, End: this.#places.length - 1 }[event.key] ??
      (from < 0 ? null : nearest(this.#places, from, event.key));
    if (next === null) return;
    event.preventDefault();
    this.#dotOf.get(this.#places[next]).focus({ preventScroll: true });
  }

  #resize() {
    for (const [place, dot] of this.#dotOf) dot.setAttribute('r', String(this.#radius(place.magnitude)));
  }

  /** Dots grow slower than the map, so that zooming pulls neighbours apart. */
  #radius(magnitude) {
    const size = magnitude === null ? 4 : 2 + Math.max(0, Math.min(10, magnitude + 1)) ** 1.6 * 0.55;
    return size / this.#window.zoom ** 0.7;
  }

  #zoom(factor) {
    const centre = this.#places.find(place => this.#dotOf.get(place) === this.#stop);
    if (this.#window.zoom === 1 && factor > 1 && centre !== undefined)
      this.#window.centre(xOf(centre.longitude), yOf(centre.latitude));
    this.#window.zoomBy(factor);
  }
}

const fieldsOf = message =>
  Object.entries(message)
    .filter(
      ([key, value]) =>
        key !== 'longitude' &&
        key !== 'latitude' &&
        (value === null || typeof value !== 'object' || value instanceof ExactNumber),
    )
    .slice(0, maxFields)
    .map(([key, value]) => [key, exact(value)]);
