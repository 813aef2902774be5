export async function input() {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) text += chunk;
  return JSON.parse(text);
}

export function output(value) {
  process.stdout.write(JSON.stringify(value));
}
