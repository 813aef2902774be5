// Input: { url }. Output: [{ id, name, status, reason }] of all server audits.
import { serverAudits } from 'graphql-http';
import { input, output } from './io.mjs';

const { url } = await input();
const results = await Promise.all(serverAudits({ url, fetchFn: fetch }).map((audit) => audit.fn()));
output(results.map(({ id, name, status, reason }) => ({ id, name, status, reason: reason ?? null })));
