type StreamName = 'stdout' | 'stderr';

interface Pending {
  readonly requestId: string;
  readonly name: StreamName;
  readonly chunks: string[];
  length: number;
}

/** Sends at once what has grown to this many characters. */
const FULL = 8192;
/** Else this long after the first chunk: far below the server's limit of 1000 messages a second. */
const DELAY_MS = 10;

/**
 * Joins the many small chunks of a stream into few messages. Text keeps its order against all else,
 * as long as `flush` is called before any other output is sent.
 */
export class StreamBuffer {
  private pending: Pending | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly send: (requestId: string, name: StreamName, text: string) => void) {}

  write(requestId: string, name: StreamName, text: string): void {
    if (text === '') return;
    if (this.pending?.requestId !== requestId || this.pending.name !== name) this.flush();
    this.pending ??= { requestId, name, chunks: [], length: 0 };
    this.pending.chunks.push(text);
    this.pending.length += text.length;
    if (this.pending.length >= FULL) this.flush();
    else
      this.timer ??= setTimeout(() => {
        this.flush();
      }, DELAY_MS);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const pending = this.pending;
    this.pending = undefined;
    if (pending !== undefined) this.send(pending.requestId, pending.name, pending.chunks.join(''));
  }
}
