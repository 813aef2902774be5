// The equirectangular projection: a degree is equally long everywhere, so the grid shows positions.

/** The map's size in its own units: four per degree. */
export const mapWidth = 1440;
export const mapHeight = 720;

const perDegree = mapWidth / 360;

export const xOf = longitude => (longitude + 180) * perDegree;
export const yOf = latitude => (90 - latitude) * perDegree;

/** The SVG path of outlines, which are texts of "longitude latitude" pairs. */
export const pathOf = outlines => outlines.map(outline => {
  const numbers = outline.split(' ').map(Number);
  const points = Array.from(
    { length: numbers.length / 2 },
    (_, index) => `${xOf(numbers[2 * index])} ${yOf(numbers[2 * index + 1])}`,
  );
  return `M${points.join('L')}Z`;
}).join('');

/** "37.8° N, 122.5° W". */
export const placeName = (longitude, latitude) =>
  `${degrees(latitude)} ${latitude < 0 ? 'S' : 'N'}, ${degrees(longitude)} ${longitude < 0 ? 'W' : 'E'}`;

const degrees = angle => `${Math.abs(angle).toFixed(1)}°`;
