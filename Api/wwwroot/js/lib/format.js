// The form of numbers and times on the page. Times of windows are UTC, as the server counts them.

import { ExactNumber, toNumber } from './json.js';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 5 });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const minute = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'UTC',
});
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** A count with separators. */
export const count = value => whole.format(toNumber(value) ?? 0);

/** A measure: whole numbers in full, others to five significant digits, "–" for none. */
export function measure(value) {
  const number = toNumber(value);
  if (number === null) return value === null || value === undefined ? '–' : String(value);
  return Number.isInteger(number) ? whole.format(number) : short.format(number);
}

/** A measure as it was sent, without rounding. */
export const exact = value =>
  value instanceof ExactNumber ? value.source : value === null || value === undefined ? '–' : String(value);

/** "1 message", "2 messages". */
export const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;

/** A window's start: the day alone when windows are whole days. */
export const windowTime = (ms, sizeMs) => (sizeMs % 86_400_000 === 0 ? day : minute).format(ms);

/** The reader's own time of day, with seconds. */
export const timeOfDay = date => clock.format(date);

/** A duration in the largest unit that divides it: "1 day", "15 minutes". */
export function duration(ms) {
  for (const [size, unit] of [[86_400_000, 'day'], [3_600_000, 'hour'], [60_000, 'minute'], [1_000, 'second']])
    if (ms % size === 0) return plural(ms / size, unit);
  return `${count(ms)} ms`;
}

/** The time from now: "in 12 s", "in 3 min 20 s", "in 2 h 5 min", "in 3 d 4 h". */
export function until(ms) {
  if (ms < 1_000) return 'now';
  const seconds = Math.ceil(ms / 1_000);
  const parts = [[86_400, 'd'], [3_600, 'h'], [60, 'min'], [1, 's']].map(([size, unit], index, sizes) =>
    [Math.floor((index === 0 ? seconds : seconds % sizes[index - 1][0]) / size), unit]);
  const first = parts.findIndex(([value]) => value > 0);
  return `in ${parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ')}`;
}

const dayAndClock = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit',
});

const dayAndMinute = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit',
});

/** The reader's own time: with the day unless it is today, with the year instead of seconds unless it is this year. */
export function moment(date) {
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return clock.format(date);
  return (date.getFullYear() === now.getFullYear() ? dayAndClock : dayAndMinute).format(date);
}

/** The text, cut to `max` characters. */
export const clip = (text, max) => (text.length > max ? `${text.slice(0, max)}…` : text);

/** The duration of a run: "0.4 ms", "12 ms", "3.1 s"; "–" for none. */
export function runTime(ms) {
  const number = toNumber(ms);
  if (number === null) return '–';
  if (number >= 1_000) return `${precise(number / 1_000)} s`;
  return `${precise(number)} ms`;
}

const precise = number => String(Number(number.toPrecision(number >= 100 ? 3 : 2)));
