// The REST API as this page uses it. Everything is same-origin; errors carry the server's own words.

import { parse } from './lib/json.js';

const base = '/api/v1';
const timeoutMs = 20_000;

/** A request that failed; `message` is fit to be shown to a person, `code` is stable. */
export class ApiError extends Error {
  constructor(message, { status = 0, code = 'unreachable' } = {}) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** `{offset, limit, paginationId, total, messages}`, newest first; without `paginationId` a new first page. */
export const readMessages = ({ offset = 0, limit, paginationId }, signal) =>
  get('/messages', { offset, limit, paginationId }, signal);

/** Status, source, times and item of one message. */
export const readMessage = (id, signal) => get(`/messages/${encodeURIComponent(id)}`, {}, signal);

/** The definitions of all aggregates. */
export const readDefinitions = async signal => (await get('/aggregates', {}, signal)).aggregates;

/** `{name, generation, rows, next}`; `from` and `to` are ISO times, `after` is the previous answer's `next`. */
export const readAggregate = (name, { from, to, limit, after }, signal) =>
  get(`/aggregates/${encodeURIComponent(name)}`, { from, to, limit, after }, signal);

/** The ledger; with `verify` the server also counts the rows again. */
export const readLedger = ({ verify = false } = {}, signal) => get('/ledger', { verify: verify || undefined }, signal);

async function get(path, parameters, signal) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== ''));
  const limits = [AbortSignal.timeout(timeoutMs), signal].filter(each => each !== undefined);
  let response, text;
  try {
    response = await fetch(`${base}${path}${query.size > 0 ? `?${query}` : ''}`, { signal: AbortSignal.any(limits), headers: { accept: 'application/json' } });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(error.name === 'TimeoutError' ? `The server did not answer within ${timeoutMs / 1000} seconds.` : 'The server cannot be reached.');
  }
  if (!response.ok) throw problem(response, text);
  return parse(text);
}

/** problem+json where the server sent it; else the status line. */
function problem(response, text) {
  const plain = `The server answered ${response.status} ${response.statusText}`.trim() + '.';
  if (!response.headers.get('content-type')?.includes('json')) return new ApiError(plain, { status: response.status, code: 'http_error' });
  const { detail, title, code } = parse(text);
  return new ApiError(detail ?? title ?? plain, { status: response.status, code: code ?? 'http_error' });
}
