import process from 'node:process';
import { StringDecoder } from 'node:string_decoder';
import { cutAt } from '../code-points';
import { send } from './channel';
import type { RequestContext } from './request-context';
import { speaksForUs } from './speaker';

/** A stream frame is split above this, so that one huge write does not become one huge message. */
const MAX_TEXT = 1 << 20;

type Callback = (error?: Error | null) => void;

/**
 * Sends what JavaScript writes to stdout and stderr as outputs, in order with results; what this package
 * and TensorFlow.js write goes to stdout. What native code writes arrives on the pipes instead.
 */
export function captureStreams(context: RequestContext): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8');
    const write = (
      chunk: string | Uint8Array,
      encodingOrCallback?: BufferEncoding | Callback,
      callback?: Callback,
    ): boolean => {
      const encoding = typeof encodingOrCallback === 'string' ? encodingOrCallback : 'utf8';
      const text =
        typeof chunk === 'string'
          ? isText(encoding)
            ? chunk
            : Buffer.from(chunk, encoding).toString('utf8')
          : decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      const requestId = context.current();
      // Who reads stderr takes it for the user's code that fails: notices of ours are no such thing.
      const shown = name === 'stderr' && speaksForUs() ? 'stdout' : name;
      let rest = text;
      while (rest !== '') {
        const end = cutAt(rest, MAX_TEXT);
        send({
          kind: 'output',
          requestId,
          output: { kind: 'stream', name: shown, text: rest.slice(0, end) },
        });
        rest = rest.slice(end);
      }
      const done = typeof encodingOrCallback === 'function' ? encodingOrCallback : callback;
      if (done) process.nextTick(done);
      return true;
    };
    process[name].write = write;
  }
}

function isText(encoding: BufferEncoding): boolean {
  return encoding !== 'hex' && encoding !== 'base64' && encoding !== 'base64url';
}
