import type { Broadcast, Outbox, Reply, Request } from '../protocol/message';
import { streamMessage } from '../protocol/output';
import type { PaceLimits } from './limits';
import { isOmissible, pieces, replaced, sizeOf, type Waiting } from './paced';
import { TokenBucket } from './token-bucket';

/** What a session asks of an outbox that may hold messages back. */
export interface Pacing {
  /** Resolves when nothing waits any more. */
  drained(): Promise<void>;
  /** Leaves out the displays and the text that wait, and says so. */
  shed(): void;
}

/**
 * Publishes no faster than a Jupyter server passes on, which would otherwise drop the rest. Order is
 * kept, but the status of a request of which nothing waits overtakes. An update that waits is replaced
 * by the next one of the same display.
 */
export class PacedOutbox implements Outbox, Pacing {
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  /** The updates among what waits, by their display. */
  private readonly updates = new Map<string, Waiting>();
  /** Outputs left out since the user was last told, and under which cell to tell. */
  private omitted: { count: number; readonly parent: Broadcast['parent'] } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private listeners: (() => void)[] = [];
  private readonly messages: TokenBucket;
  private readonly streamBytes: TokenBucket;

  constructor(
    private readonly outbox: Outbox,
    private readonly limits: PaceLimits,
    now = (): number => performance.now(),
  ) {
    this.messages = new TokenBucket(limits.messages, now);
    this.streamBytes = new TokenBucket(limits.streamBytes, now);
  }

  publish(message: Broadcast): void {
    if (message.type === 'status' && !this.waitsFor(message.parent?.msg_id)) {
      this.outbox.publish(message);
      // At idle the server counts anew, and so do we.
      if (message.content['execution_state'] === 'idle') this.countAnew();
      return;
    }
    for (const piece of pieces(message)) this.add(piece);
    this.flow();
  }

  reply(request: Request, reply: Reply): void {
    this.outbox.reply(request, reply);
  }

  /** A question comes after the text that was printed before it. */
  async ask(request: Request, id: string, question: Reply): Promise<boolean> {
    await this.drained();
    return this.outbox.ask(request, id, question);
  }

  drained(): Promise<void> {
    if (this.waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.listeners.push(resolve));
  }

  shed(): void {
    const kept: Waiting[] = [];
    for (const waits of this.waiting) {
      if (isOmissible(waits.message)) this.omit(waits.message);
      else kept.push(waits);
    }
    this.waiting = kept;
    this.updates.clear();
    this.waitingBytes = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    this.flow();
  }

  private add(message: Broadcast): void {
    if (this.replace(message)) return;
    // It may tell what was shown up to here: later updates must not come before it.
    if (message.type === 'comm_msg') this.updates.clear();
    const bytes = sizeOf(message);
    const { waitingMessages, waitingBytes } = this.limits;
    const isFull =
      this.waiting.length >= waitingMessages || this.waitingBytes + bytes > waitingBytes;
    // What is larger than all that may wait still passes when nothing else waits.
    if (isFull && this.waiting.length > 0 && isOmissible(message)) {
      this.omit(message);
      return;
    }
    const waits = { message, bytes };
    this.waiting.push(waits);
    this.waitingBytes += bytes;
    const id = replaced(message);
    if (id !== undefined) this.updates.set(id, waits);
  }

  private replace(message: Broadcast): boolean {
    const id = replaced(message);
    if (id === undefined) return false;
    const older = this.updates.get(id);
    if (older === undefined) return false;
    const bytes = sizeOf(message);
    this.waitingBytes += bytes - older.bytes;
    Object.assign(older, { message, bytes });
    return true;
  }

  private omit({ parent }: Broadcast): void {
    this.omitted ??= { count: 0, parent };
    this.omitted.count++;
  }

  private flow(): void {
    let sent = 0;
    for (let next = this.waiting[sent]; next !== undefined; next = this.waiting[sent]) {
      const waitMs = Math.max(this.messages.waitMs(), this.streamBytes.waitMs());
      if (waitMs > 0) {
        this.timer ??= setTimeout(() => {
          this.timer = undefined;
          this.flow();
        }, waitMs);
        break;
      }
      this.send(next);
      sent++;
    }
    this.waiting.splice(0, sent);
    if (this.waiting.length === 0) this.ended();
  }

  private send({ message, bytes }: Waiting): void {
    this.waitingBytes -= bytes;
    this.updates.delete(replaced(message) ?? '');
    this.messages.take(1);
    if (message.type === 'stream') this.streamBytes.take(bytes);
    this.outbox.publish(message);
  }

  private ended(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { omitted, listeners } = this;
    this.omitted = undefined;
    this.listeners = [];
    if (omitted !== undefined) {
      const content = streamMessage('stdout', notice(omitted.count));
      this.outbox.publish({ ...content, parent: omitted.parent });
    }
    for (const listener of listeners) listener();
  }

  private waitsFor(requestId: string | undefined): boolean {
    return this.waiting.some(({ message }) => message.parent?.msg_id === requestId);
  }

  private countAnew(): void {
    this.messages.fill();
    this.streamBytes.fill();
  }
}

function notice(count: number): string {
  const outputs = count === 1 ? '1 output is' : `${count} outputs are`;
  return (
    `\n[${outputs} not shown: the cell made them faster than Jupyter's server passes them on. ` +
    'Show fewer, or update one display.]\n'
  );
}
