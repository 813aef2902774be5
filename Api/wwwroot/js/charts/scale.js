// Maps values to pixels, and finds the round numbers and times that mark an axis.

const second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
const timeSteps = [
  second, 5 * second, 15 * second, 30 * second, minute, 2 * minute, 5 * minute, 15 * minute, 30 * minute,
  hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 3 * day, 7 * day, 14 * day, 30 * day, 90 * day, 180 * day,
  365 * day, 1825 * day, 3650 * day,
];

/** A linear map from [from, to] to [start, end]; a range without extent maps to the middle. */
export function linear(from, to, start, end) {
  return value => (to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start));
}

/** Round numbers that cover [low, high] in about `count` steps of 1, 2 or 5 times a power of ten. */
export function ticks(low, high, count) {
  if (low === high) return low === 0 ? [0, 1] : ticks(Math.min(0, low), Math.max(0, high), count);
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(each => each * power).find(each => each >= rough * 0.999);
  const first = Math.floor(low / step), last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Times within [fromMs, toMs], at most `count`, at whole steps of UTC. */
export function timeTicks(fromMs, toMs, count) {
  const step = timeSteps.find(each => (toMs - fromMs) / each <= count) ?? timeSteps.at(-1);
  const marks = [];
  for (let at = Math.ceil(fromMs / step) * step; at <= toMs; at += step) marks.push(at);
  return { marks, step };
}
