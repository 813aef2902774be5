import { execute } from './client.js';
import { introspectionQuery, show } from './schema.js';

const maxResults = 100;
const url = location.pathname;
const by = (id) => document.getElementById(id);
let running = null;

async function run() {
  running?.abort();
  const mine = running = new AbortController();
  by('results').replaceChildren();
  by('stop').disabled = false;
  status('running');
  const started = performance.now();
  let count = 0;
  try {
    const variables = by('variables').value.trim();
    const request = { query: by('query').value, variables: variables ? JSON.parse(variables) : undefined };
    await execute(url, request, (result) => {
      count++;
      const text = document.createElement('pre');
      text.textContent = JSON.stringify(result, null, 2);
      by('results').prepend(text);
      if (by('results').children.length > maxResults) by('results').lastChild.remove();
      status(`${count} result${count === 1 ? '' : 's'}`);
    }, mine.signal);
    status(`${count} result${count === 1 ? '' : 's'} in ${Math.round(performance.now() - started)} ms`);
  } catch (error) {
    status(mine.signal.aborted ? `stopped after ${count}` : error.message);
  }
  if (running === mine) by('stop').disabled = true;
}

function status(text) {
  by('status').textContent = text;
}

function remember(id, initial) {
  by(id).value = localStorage.getItem(`graphql-${id}`) ?? initial;
  by(id).addEventListener('input', () => localStorage.setItem(`graphql-${id}`, by(id).value));
}

remember('query', '{ __typename }');
remember('variables', '');
by('run').addEventListener('click', run);
by('stop').addEventListener('click', () => running?.abort());
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  run();
});

await execute(url, { query: introspectionQuery }, ({ data, errors }) => {
  if (!data) {
    by('schema').textContent = errors.map((error) => error.message).join('\n');
    return;
  }
  by('search').addEventListener('input', () => show(by('schema'), data.__schema, by('search').value));
  show(by('schema'), data.__schema, '');
});
