// The visible part of the map. Buttons zoom and move it; dragging moves it once it is zoomed.

import { mapHeight, mapWidth } from './projection.js';

const maxZoom = 16;

export class MapWindow {
  zoom = 1;
  #x = mapWidth / 2;
  #y = mapHeight / 2;
  #element;
  #onZoom;

  /** `onZoom(zoom)` is called after each change of size. */
  constructor(element, onZoom) {
    this.#element = element;
    this.#onZoom = onZoom;
    element.addEventListener('pointerdown', event => this.#drag(event));
  }

  zoomBy(factor) {
    this.zoom = Math.min(maxZoom, Math.max(1, this.zoom * factor));
    this.#apply();
    this.#onZoom(this.zoom);
  }

  /** Moves so that the point is visible. */
  reveal(x, y) {
    const halfWidth = mapWidth / this.zoom / 2, halfHeight = mapHeight / this.zoom / 2;
    if (Math.abs(x - this.#x) > halfWidth || Math.abs(y - this.#y) > halfHeight) this.centre(x, y);
  }

  centre(x, y) {
    this.#x = x;
    this.#y = y;
    this.#apply();
  }

  #apply() {
    const width = mapWidth / this.zoom, height = mapHeight / this.zoom;
    this.#x = Math.min(mapWidth - width / 2, Math.max(width / 2, this.#x));
    this.#y = Math.min(mapHeight - height / 2, Math.max(height / 2, this.#y));
    this.#element.setAttribute('viewBox', `${this.#x - width / 2} ${this.#y - height / 2} ${width} ${height}`);
    this.#element.style.setProperty('--zoom', String(this.zoom));
    this.#element.classList.toggle('is-zoomed', this.zoom > 1);
  }

  #drag(down) {
    if (this.zoom === 1) return;
    const unit = mapWidth / this.zoom / this.#element.getBoundingClientRect().width;
    const [startX, startY] = [this.#x, this.#y];
    const move = event =>
      this.centre(startX - (event.clientX - down.clientX) * unit, startY - (event.clientY - down.clientY) * unit);
    const end = () => {
      this.#element.removeEventListener('pointermove', move);
    };
    this.#element.setPointerCapture(down.pointerId);
    this.#element.addEventListener('pointermove', move);
    this.#element.addEventListener('pointerup', end, { once: true });
    this.#element.addEventListener('pointercancel', end, { once: true });
  }
}
