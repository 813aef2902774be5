// Messages that name a place: longitude, latitude, and an optional magnitude.

import { toNumber } from '../lib/json.js';

/** `{longitude, latitude, magnitude, message, text}`, or null when the message names no place on earth. */
export function placeOf(message, text = '') {
  const longitude = toNumber(message.longitude), latitude = toNumber(message.latitude);
  if (longitude === null || latitude === null || Math.abs(longitude) > 180 || Math.abs(latitude) > 90) return null;
  return { longitude, latitude, magnitude: toNumber(message.magnitude), message, text };
}

/** The index of the nearest place in the direction of an arrow key, or null when there is none. */
export function nearest(places, from, key) {
  const direction = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
  if (direction === undefined) return null;
  const start = places[from];
  let best = null, least = Infinity;
  places.forEach((place, index) => {
    const dx = place.longitude - start.longitude, dy = place.latitude - start.latitude;
    const along = dx * direction[0] + dy * direction[1];
    const across = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
    // A sidestep counts twice, so that an arrow goes where it points.
    const cost = along + 2 * across;
    if (along > 0 && cost < least) [best, least] = [index, cost];
  });
  return best;
}
