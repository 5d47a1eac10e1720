import { randomUUID } from 'node:crypto';
import { HalfnoteError } from '../errors';
import { host } from '../host';
import type { Host } from '../host';
import { HostComm, tell } from './comm';
import type { Comm, CommMessage, SendOptions } from './comm';
import type { JsonObject } from './data';

/** Takes a comm that a front end opened; `message` is what it sent along. */
export type CommTarget<Incoming = unknown> = (
  comm: Comm<Incoming>,
  message: CommMessage<Incoming>,
) => void;

/** What the kernel process passes on: `comm.open`, `comm.message`, `comm.close`. */
interface Incoming extends CommMessage {
  readonly id: string;
  readonly target: string;
}

/** The comms and targets of this process. */
class Comms {
  private readonly targets = new Map<string, CommTarget<never>>();
  private readonly open = new Map<string, HostComm<unknown>>();

  constructor(private readonly host: Host) {
    const listen = (method: string, hear: (message: Incoming) => unknown): void => {
      host.onNotify(method, (params) => hear(params as Incoming));
    };
    listen('comm.open', (message) => {
      this.opened(message);
    });
    listen('comm.message', (message) => this.open.get(message.id)?.receive(message));
    listen('comm.close', (message) => this.open.get(message.id)?.end(message));
  }

  register(name: string, target: CommTarget<never>): () => void {
    this.targets.set(name, target);
    void this.host.call('comm.register', { name });
    return () => {
      if (this.targets.get(name) !== target) return;
      this.targets.delete(name);
      void this.host.call('comm.unregister', { name });
    };
  }

  connect(target: string, data: unknown, options: SendOptions): HostComm<unknown> {
    const id = randomUUID();
    // Before it is known here: data that can't be sent opens nothing.
    tell(this.host, 'comm.open', id, data, options, { target });
    return this.add(id, target);
  }

  private opened(message: Incoming): void {
    const comm = this.add(message.id, message.target);
    try {
      const target = this.targets.get(message.target) as CommTarget | undefined;
      if (target === undefined) comm.close();
      else target(comm, message);
    } catch (error) {
      comm.close();
      throw error;
    }
  }

  private add(id: string, target: string): HostComm<unknown> {
    const comm = new HostComm<unknown>(id, target, this.host, () => this.open.delete(id));
    this.open.set(id, comm);
    return comm;
  }
}

let comms: Comms | undefined;

function notebookComms(): Comms {
  const notebook = host();
  if (notebook === undefined) {
    throw new HalfnoteError(
      'no-notebook',
      'Comms join a notebook to its front end, and there is no notebook here.',
      'Run this in a cell.',
    );
  }
  return (comms ??= new Comms(notebook));
}

/**
 * Calls `handler` with each comm that a front end opens for the target `name`; a target of the same
 * name is replaced. Returns what undoes it. If `handler` throws, the comm is closed.
 */
export function registerCommTarget<Incoming = unknown>(
  name: string,
  handler: CommTarget<Incoming>,
): () => void {
  return notebookComms().register(name, handler);
}

/** Opens a comm to the front end's target `target`, which gets `data` and closes it if it knows none. */
export function openComm<Incoming = unknown>(
  target: string,
  data: JsonObject = {},
  options: SendOptions = {},
): Comm<Incoming> {
  return notebookComms().connect(target, data, options) as HostComm<Incoming>;
}
