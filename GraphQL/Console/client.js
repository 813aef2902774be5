// Sends operations as event streams: a query or mutation gives one result, a subscription any number.
// A line break ends each field of an event; an empty line ends the event.

/** Calls onResult with each result; ends when the server completes or the signal aborts. */
export async function execute(url, request, onResult, signal) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(request),
    signal,
  });
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    onResult(await response.json());
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = parse(text.slice(0, end));
      text = text.slice(end + 2);
      if (event.event === 'next') onResult(JSON.parse(event.data));
      if (event.event === 'complete') return;
    }
  }
}

function parse(block) {
  const event = {};
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) event[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
  }
  return event;
}
