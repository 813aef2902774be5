// Dots on the ground, larger for larger magnitudes: one tab stop, arrow keys go to the nearest dot in their direction.

import { byId, svg } from '../lib/dom.js';
import { exact } from '../lib/format.js';
import { roving } from '../lib/roving.js';
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

  constructor(place) {
    const root = svg('svg', { class: 'map', viewBox: `0 0 ${mapWidth} ${mapHeight}`, role: 'group', 'aria-label': 'Map of messages' }, ground(), this.#dots);
    place.append(root);
    this.#window = new MapWindow(root, () => this.#resize());
    byId('map-in').addEventListener('click', () => this.#zoom(2));
    byId('map-out').addEventListener('click', () => this.#zoom(0.5));
    byId('map-all').addEventListener('click', () => this.#zoom(0));
  }

  /** Draws the places, oldest first, so that the newest lies on top and is the first to be focused. */
  paint(places) {
    const focused = this.#places[this.#dots.children.length - 1 - [...this.#dots.children].reverse().indexOf(document.activeElement)];
    const hadFocus = this.#dots.contains(document.activeElement);
    this.#places = places;
    this.#dots.replaceChildren(...places.map((place, index) => this.#dot(place, index === places.length - 1)));
    const marks = [...this.#dots.children].reverse();
    const newestFirst = [...places].reverse();
    roving(marks, {
      onLeave: hideTooltip,
      move: (index, key) => (key === 'Home' ? 0 : key === 'End' ? marks.length - 1 : nearest(newestFirst, index, key)),
    });
    if (hadFocus) marks[Math.max(0, newestFirst.indexOf(focused))]?.focus({ preventScroll: true });
  }

  #dot(place, isNewest) {
    const { longitude, latitude, magnitude } = place;
    const dot = svg('circle', {
      class: isNewest ? 'dot is-newest' : 'dot', cx: xOf(longitude), cy: yOf(latitude), role: 'img',
      'aria-label': `${placeName(longitude, latitude)}${magnitude === null ? '' : `, magnitude ${magnitude}`}`,
    });
    dot.setAttribute('r', String(this.#radius(magnitude)));
    describeWith(dot, () => [placeName(longitude, latitude), Object.entries(place.message)
      .filter(([key, value]) => key !== 'longitude' && key !== 'latitude' && (typeof value !== 'object' || value === null || 'source' in value))
      .slice(0, maxFields).map(([key, value]) => [key, exact(value)])]);
    dot.addEventListener('focus', () => this.#window.reveal(xOf(longitude), yOf(latitude)));
    return dot;
  }

  #resize() {
    [...this.#dots.children].forEach((dot, index) => dot.setAttribute('r', String(this.#radius(this.#places[index].magnitude))));
  }

  /** Dots grow slower than the map, so that zooming pulls neighbours apart. */
  #radius(magnitude) {
    const size = magnitude === null ? 4 : 2 + Math.max(0, Math.min(10, magnitude + 1)) ** 1.6 * 0.55;
    return size / this.#window.zoom ** 0.7;
  }

  #zoom(factor) {
    const focus = this.#places.at(-1);
    if (this.#window.zoom === 1 && factor > 1 && focus !== undefined) this.#window.centre(xOf(focus.longitude), yOf(focus.latitude));
    this.#window.zoomBy(factor);
  }
}
