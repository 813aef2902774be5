// The REST API as this page uses it. All requests are same-origin; errors carry the server's own words.

import { anotherKey, currentKey } from './key.js';
import { learnTime } from './lib/clock.js';
import { parse } from './lib/json.js';

const base = '/api/v1';
const timeoutMs = 20_000;

/** A request that failed. `message` is meant for people, `code` is stable. */
export class ApiError extends Error {
  constructor(message, { status = 0, code = 'unreachable' } = {}) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** `{offset, limit, paginationId, total, messages}`, newest first. Without `paginationId`, reads a new first page. */
export const readMessages = ({ offset = 0, limit, paginationId }, signal) =>
  get('/messages', { offset, limit, paginationId }, signal);

/** The definitions of all aggregates. */
export const readDefinitions = async signal => (await get('/aggregates', {}, signal)).aggregates;

/** `{name, generation, rows, next}`; `from` and `to` are ISO times, `after` is the previous answer's `next`. */
export const readAggregate = (name, { from, to, limit, after }, signal) =>
  get(`/aggregates/${encodeURIComponent(name)}`, { from, to, limit, after }, signal);

/** The ledger; with `verify` the server also counts the rows again. */
export const readLedger = ({ verify = false } = {}, signal) => get('/ledger', { verify: verify || undefined }, signal);

/** `{failures, next}` in the order of acceptance; `filter` has the parameters of `GET /failures`. */
export const readFailures = (filter, { limit, after }, signal) => get('/failures', { ...filter, limit, after }, signal);

/**
 * `{matched, changed, next}`; `action` is retry or park. The server looks at 1,000 failures at most; the next call goes
 * on with `next` as its `after`.
 */
export const changeFailures = (action, filter, after) =>
  request(`${base}/failures/${action}`, { ...filter, after }, { method: 'POST' });

/**
 * `{changed}`: the plugins whose share was changed. Without `plugin`, changes every failure of the message; the empty
 * text stands for the message as a whole.
 */
export const changeMessage = (action, id, plugin) =>
  request(`${base}/messages/${encodeURIComponent(id)}/${action}`, { plugin }, { method: 'POST' });

/** `{calls, next}`: one-way calls that failed, the newest first. */
export const readFailedCalls = ({ limit, after }, signal) => get('/failed-calls', { limit, after }, signal);

/** `{outcome, error, failedCall}`; the outcome is MADE, FAILED or HELD. */
export const makeAgain = id => request(`${base}/failed-calls/${encodeURIComponent(id)}/retry`, {}, { method: 'POST' });

/**
 * `{lookedAt, made, failed, held, next}`. The server looks at 1,000 calls at most; the next call goes on with `next` as
 * its `after`.
 */
export const makeAllAgain = after => request(`${base}/failed-calls/retry`, { after }, { method: 'POST' });

/** `{counts, grains, next}`: calls, reminders and activities that wait for a build that can make them. */
export const readHeld = ({ limit, after }, signal) => get('/held', { limit, after }, signal);

/** `{silos, partitions}`: who owns what, and how the silos are doing. */
export const readCluster = signal => get('/cluster', {}, signal);

/** The plugins of the server, with their states and counts. */
export const readPlugins = async signal => (await get('/plugins', {}, signal)).plugins;

/** The data of a GraphQL operation. */
export async function query(document, variables, signal) {
  const body = JSON.stringify({ query: document, variables });
  const { data, errors } = await request('/graphql', {}, { method: 'POST', body, signal });
  if (errors !== undefined)
    throw new ApiError(errors[0].message, { code: errors[0].extensions?.code ?? 'graphql_error' });
  return data;
}

const get = (path, parameters, signal) => request(base + path, parameters, { signal });

/**
 * Leaves out parameters that are undefined or null. When the server wants a key, waits until a person gives one, and
 * sends the request again.
 */
async function request(path, parameters, options) {
  const search = new URLSearchParams(
    Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null),
  );
  for (;;) {
    const key = currentKey();
    const { response, text } = await attempt(`${path}${search.size > 0 ? `?${search}` : ''}`, key, options);
    learnTime(response.headers.get('date'));
    if (response.ok) return parse(text);
    if (response.status !== 401) throw problem(response, text);
    await anotherKey(key);
  }
}

async function attempt(address, key, { method = 'GET', body, signal }) {
  const limits = [AbortSignal.timeout(timeoutMs), signal].filter(each => each !== undefined);
  const headers = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (key !== null) headers.authorization = `Bearer ${key}`;
  try {
    const response = await fetch(address, { method, body, signal: AbortSignal.any(limits), headers });
    return { response, text: await response.text() };
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(
      error.name === 'TimeoutError'
        ? `The server did not answer within ${timeoutMs / 1000} seconds.`
        : 'The server cannot be reached.',
    );
  }
}

/** The error of problem+json where the server sent it; else of the status line. */
function problem(response, text) {
  const plain = `The server answered ${response.status} ${response.statusText}`.trim() + '.';
  if (!response.headers.get('content-type')?.includes('json'))
    return new ApiError(plain, { status: response.status, code: 'http_error' });
  const { detail, title, code, errors } = parse(text);
  return new ApiError(detail ?? title ?? errors?.[0]?.message ?? plain, {
    status: response.status,
    code: code ?? 'http_error',
  });
}
