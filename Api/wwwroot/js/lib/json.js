// JSON that keeps numbers as they were written: a number that a double would change keeps its source text.

/** A number that a double would change: beyond 2^53, with more digits, or in another spelling. */
export class ExactNumber {
  constructor(source) {
    this.source = source;
  }

  toString() {
    return this.source;
  }
}

/** Parses JSON. Numbers that do not print as they were written become `ExactNumber`. */
export function parse(text) {
  return JSON.parse(text, (_key, value, context) =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
      ? new ExactNumber(context.source)
      : value);
}

/** The value as a double, or null when it is not a finite number. Text of digits counts as a number. */
export function toNumber(value) {
  if (typeof value !== 'number' && typeof value !== 'string' && !(value instanceof ExactNumber)) return null;
  const text = String(value);
  const number = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}

/** JSON text: one line, or indented when `indent` is given. Exact numbers print as they were written. */
export function print(value, indent = '', margin = '') {
  if (value instanceof ExactNumber) return value.source;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const inner = margin + indent;
  const parts = Array.isArray(value)
    ? value.map(each => print(each, indent, inner))
    : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${print(each, indent, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  if (parts.length === 0) return open + close;
  return indent === ''
    ? open + parts.join(', ') + close
    : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`;
}
