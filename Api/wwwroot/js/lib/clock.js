// The server's time, for countdowns. A browser's clock may be minutes off; every answer carries the server's time.

/** Answers carry whole seconds and need time to arrive, so a smaller difference means nothing. */
const doubtMs = 2_000;

let aheadMs = 0;

/** Learns from an answer's `Date` header. */
export function learnTime(header) {
  const ms = Date.parse(header ?? '');
  if (Number.isNaN(ms)) return;
  const difference = ms - Date.now();
  aheadMs = Math.abs(difference) < doubtMs ? 0 : difference;
}

/** Milliseconds since 1970, as the server counts them. */
export const serverNow = () => Date.now() + aheadMs;
