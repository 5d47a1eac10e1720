import { expect, it } from 'vitest';
import { incoming, type Receiver } from './incoming';

/** A socket that gives the answers in turn, and is closed after the last. */
function socketWith(answers: readonly (string | { readonly code: string })[]): Receiver {
  const left = [...answers];
  return {
    get closed() {
      return left.length === 0;
    },
    receive() {
      const next = left.shift();
      if (typeof next === 'string') return Promise.resolve([Buffer.from(next)]);
      return Promise.reject(Object.assign(new Error('refused'), next));
    },
  };
}

async function read(socket: Receiver): Promise<string[]> {
  const heard: string[] = [];
  for await (const [frame] of incoming(socket)) heard.push(String(frame));
  return heard;
}

it('goes on where a receive was woken for nothing', async () => {
  const again = { code: 'EAGAIN' };
  expect(await read(socketWith([again, 'a', again, again, 'b', again]))).toEqual(['a', 'b']);
});

it('passes on what is a real error', async () => {
  await expect(read(socketWith(['a', { code: 'ETERM' }, 'b']))).rejects.toThrow('refused');
});
