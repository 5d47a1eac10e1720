import type { CellOutput } from './contract';

/** One message per interval at most, unless this much text is waiting. */
const MAX_TEXT = 8 * 1024;
const INTERVAL_MS = 10;

type Deliver = (requestId: string, output: CellOutput) => void;
type StreamName = 'stdout' | 'stderr';

/**
 * Joins the text of many small writes into few messages: front ends limit how many they take in a
 * second. Text after a quiet moment is delivered at once, and other outputs never overtake text.
 */
export class Coalescer {
  private pending:
    { requestId: string; name: StreamName; parts: string[]; length: number } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lastDelivery = 0;

  constructor(private readonly deliver: Deliver) {}

  add(requestId: string, output: CellOutput): void {
    if (output.kind !== 'stream') {
      this.flush();
      this.deliver(requestId, output);
      return;
    }
    if (this.pending && (this.pending.requestId !== requestId || this.pending.name !== output.name))
      this.flush();
    this.pending ??= { requestId, name: output.name, parts: [], length: 0 };
    this.pending.parts.push(output.text);
    this.pending.length += output.text.length;
    if (this.pending.length >= MAX_TEXT) this.flush();
    else this.schedule();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { pending } = this;
    if (!pending) return;
    this.pending = undefined;
    this.lastDelivery = performance.now();
    this.deliver(pending.requestId, {
      kind: 'stream',
      name: pending.name,
      text: pending.parts.join(''),
    });
  }

  private schedule(): void {
    if (this.timer) return;
    const wait = Math.max(0, this.lastDelivery + INTERVAL_MS - performance.now());
    this.timer = setTimeout(() => {
      this.flush();
    }, wait);
  }
}
