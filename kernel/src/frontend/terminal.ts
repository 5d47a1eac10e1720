import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Reads a line from the terminal; a password isn't echoed. */
export async function ask(prompt: string, password: boolean): Promise<string> {
  process.stdout.write(prompt);
  const silent = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const { stdin } = process;
  const lines = createInterface({
    input: stdin,
    output: password ? silent : process.stdout,
    terminal: stdin.isTTY,
  });
  try {
    return await lines.question('');
  } finally {
    lines.close();
    if (password) process.stdout.write('\n');
  }
}
