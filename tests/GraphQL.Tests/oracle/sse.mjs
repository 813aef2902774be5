// Input: { url, operations: [{ query, variables, take }] }. Output: what the graphql-sse client received in distinct
// connections mode.
import { createClient } from 'graphql-sse';
import { input, output } from './io.mjs';

const { url, operations } = await input();
const client = createClient({ url, singleConnection: false, retryAttempts: 0 });
const answers = await Promise.all(operations.map(async ({ query, variables, take }) => {
  const results = [];
  try {
    for await (const result of client.iterate({ query, variables })) {
      results.push(result);
      if (results.length === take) break;
    }
    return { results };
  } catch (error) {
    return { results, error: error.message };
  }
}));
client.dispose();
output(answers);
