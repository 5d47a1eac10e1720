import { HalfnoteError } from '../errors';
import type { Host } from '../host';
import { asJson } from './data';
import type { JsonObject } from './data';

/** A message of the other end. */
export interface CommMessage<T = unknown> {
  readonly data: T;
  readonly metadata: JsonObject;
  /** Binary frames that came with it. */
  readonly buffers: readonly Uint8Array[];
}

export interface SendOptions {
  readonly metadata?: JsonObject;
  /** Sent as they are, beside the JSON. */
  readonly buffers?: readonly (Uint8Array | ArrayBuffer | DataView)[];
}

/** A two-way channel between cells and code in the front end. */
export interface Comm<Incoming = unknown> {
  readonly id: string;
  readonly target: string;
  readonly isOpen: boolean;
  /** Sends data that JSON can hold. Throws when the comm is closed. */
  send(data: unknown, options?: SendOptions): void;
  /** Closes both ends. Closing a closed comm does nothing. */
  close(data?: unknown, options?: SendOptions): void;
  /**
   * Calls `listener` with each message; returns what undoes it. The front end takes the message for done when
   * the promise that a listener returns is settled.
   */
  onMessage(listener: (message: CommMessage<Incoming>) => unknown): () => void;
  /** Calls `listener` once when either end closes the comm. */
  onClose(listener: (message: CommMessage) => void): () => void;
}

type Listener = (message: CommMessage<never>) => unknown;

/** The cell process's end of a comm. */
export class HostComm<Incoming> implements Comm<Incoming> {
  private readonly messageListeners = new Set<Listener>();
  private readonly closeListeners = new Set<Listener>();
  private open = true;

  constructor(
    readonly id: string,
    readonly target: string,
    private readonly host: Host,
    private readonly onClosed: () => void,
  ) {}

  get isOpen(): boolean {
    return this.open;
  }

  send(data: unknown, options: SendOptions = {}): void {
    if (!this.open) {
      throw new HalfnoteError(
        'comm-closed',
        `The comm ${this.id} of "${this.target}" is closed.`,
        'Open a new one with openComm, or wait until the front end does.',
      );
    }
    tell(this.host, 'comm.message', this.id, data, options);
  }

  close(data: unknown = {}, options: SendOptions = {}): void {
    if (!this.open) return;
    tell(this.host, 'comm.close', this.id, data, options);
    this.end({ data, metadata: options.metadata ?? {}, buffers: [] });
  }

  onMessage(listener: (message: CommMessage<Incoming>) => unknown): () => void {
    this.messageListeners.add(listener);
    return () => this.messageListeners.delete(listener);
  }

  onClose(listener: (message: CommMessage) => void): () => void {
    this.closeListeners.add(listener);
    return () => this.closeListeners.delete(listener);
  }

  /** The other end has sent a message. Returns what listeners promise, where one does. */
  receive(message: CommMessage): Promise<unknown> | undefined {
    return callEach(this.messageListeners, message);
  }

  /** The comm is closed, by whichever end. */
  end(message: CommMessage): void {
    this.open = false;
    this.onClosed();
    void callEach(this.closeListeners, message);
    this.closeListeners.clear();
    this.messageListeners.clear();
  }
}

/** Tells the kernel process, which passes it on to the front ends. */
export function tell(
  host: Host,
  method: string,
  id: string,
  data: unknown,
  { metadata = {}, buffers = [] }: SendOptions,
  rest: JsonObject = {},
): void {
  const params = {
    ...rest,
    id,
    data: asJson(data),
    metadata: asJson(metadata),
    buffers: buffers.map(bytesOf),
  };
  host.call(method, params).catch((error: unknown) => {
    console.error(error);
  });
}

function bytesOf(buffer: Uint8Array | ArrayBuffer | DataView): Uint8Array {
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer)
    : new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** Calls all, then throws what the first that failed threw. Returns what they promise, where one does. */
function callEach(
  listeners: ReadonlySet<Listener>,
  message: CommMessage,
): Promise<unknown> | undefined {
  const errors: unknown[] = [];
  const promises: Promise<unknown>[] = [];
  for (const listener of [...listeners]) {
    try {
      const result = listener(message as CommMessage<never>);
      if (result instanceof Promise) promises.push(result);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return promises.length === 0 ? undefined : Promise.all(promises);
}
