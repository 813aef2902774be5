// Input: { url, query, variables, take }. Output: { results, closed }: what the graphql-ws client received; after "take"
// results it completes.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { input, output } from './io.mjs';

const { url, operations } = await input();
const client = createClient({ url, webSocketImpl: WebSocket, lazyCloseTimeout: 0, retryAttempts: 0 });
const answers = await Promise.all(operations.map(async ({ query, variables, take }) => {
  const results = [];
  try {
    for await (const result of client.iterate({ query, variables })) {
      results.push(result);
      if (results.length === take) break;
    }
    return { results };
  } catch (error) {
    const { code, reason, message } = error;
    return { results, error: Array.isArray(error) ? error : { code, reason, message } };
  }
}));
await client.dispose();
output(answers);
