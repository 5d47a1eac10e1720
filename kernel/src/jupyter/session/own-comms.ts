import type { JsonObject, Outbox } from '../protocol/message';

/** The kernel process's end of a comm that a front end has opened. */
export interface OwnComm {
  readonly id: string;
  /** The session of the front end that has opened it, as in the headers of its requests. */
  readonly session: string;
  send(data: object): void;
}

/** A comm target that the kernel process answers itself, also while a cell runs. */
export interface OwnTarget {
  readonly name: string;
  opened(comm: OwnComm, data: JsonObject): void;
  message?(comm: OwnComm, data: JsonObject): void;
  closed?(comm: OwnComm): void;
}

/**
 * Comms of one target that are held. A page that is loaded again or loses its connection closes none of its
 * own, so that the oldest are closed here; one that still listens opens another.
 */
const MOST_OPEN = 64;

/** The open comms of the targets that the kernel process answers. */
export class OwnComms {
  private readonly targets: ReadonlyMap<string, OwnTarget>;
  private readonly open = new Map<string, { readonly comm: OwnComm; readonly target: OwnTarget }>();

  constructor(
    private readonly outbox: Outbox,
    targets: readonly OwnTarget[],
  ) {
    this.targets = new Map(targets.map((target) => [target.name, target]));
  }

  has(target: string): boolean {
    return this.targets.has(target);
  }

  opened(id: string, name: string, data: JsonObject, session: string): void {
    const target = this.targets.get(name);
    if (target === undefined) return;
    const send = (content: object): void => {
      this.publish('comm_msg', id, content);
    };
    const comm = { id, session, send };
    this.open.set(id, { comm, target });
    this.closeOldest(target);
    target.opened(comm, data);
  }

  /** True where `id` is one of these comms. */
  message(id: string, data: JsonObject): boolean {
    const found = this.open.get(id);
    found?.target.message?.(found.comm, data);
    return found !== undefined;
  }

  closed(id: string): boolean {
    const found = this.open.get(id);
    this.open.delete(id);
    found?.target.closed?.(found.comm);
    return found !== undefined;
  }

  /** Ids of open comms with their targets' names. */
  list(): (readonly [id: string, target: string])[] {
    return [...this.open].map(([id, { target }]) => [id, target.name]);
  }

  /** The kernel ends: front ends know no more of it from now on. */
  closeAll(): void {
    for (const id of [...this.open.keys()]) this.close(id);
  }

  private closeOldest(of: OwnTarget): void {
    const ids = [...this.open].flatMap(([id, { target }]) => (target === of ? [id] : []));
    for (const id of ids.slice(0, -MOST_OPEN)) this.close(id);
  }

  private close(id: string): void {
    this.closed(id);
    this.publish('comm_close', id, {});
  }

  private publish(type: string, id: string, data: object): void {
    this.outbox.publish({ type, content: { comm_id: id, data }, parent: undefined });
  }
}
