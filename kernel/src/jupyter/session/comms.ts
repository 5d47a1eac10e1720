import { Fields } from '../protocol/fields';
import { parseCommData, parseCommInfo, parseCommOpen } from '../protocol/comm';
import type { CommInfoReply } from '../protocol/comm';
import type { Header, JsonObject, Outbox, Request } from '../protocol/message';
import type { CallHandler } from './calls';
import type { OwnComms } from './own-comms';

/** What comms need besides the way to the front ends. */
export interface CommParts {
  readonly outbox: Outbox;
  /** Tells the cell process, in order; resolves when its listener has returned. */
  readonly notify: (request: Request, method: string, params: JsonObject) => Promise<void>;
  /** The header of a request whose code is talking. */
  readonly headerOf: (requestId: string) => Header | undefined;
  /** Those that end here, in the kernel process. */
  readonly own: OwnComms;
}

/**
 * Passes messages between comms in front ends and in the cell process, and knows which are open. What
 * names no open comm is ignored, as both ends may close at the same time.
 */
export class Comms {
  private readonly targets = new Set<string>();
  /** Targets by the ids of open comms. */
  private readonly open = new Map<string, string>();

  constructor(private readonly parts: CommParts) {}

  /** What the library's `openComm` and `registerCommTarget` ask. */
  readonly calls: Readonly<Record<string, CallHandler>> = {
    'comm.register': (_requestId, params) => {
      this.targets.add(new Fields('comm.register', params).string('name'));
    },
    'comm.unregister': (_requestId, params) => {
      this.targets.delete(new Fields('comm.unregister', params).string('name'));
    },
    'comm.open': (requestId, params) => {
      const fields = new Fields('comm.open', params);
      const target = fields.string('target');
      this.open.set(fields.string('id'), target);
      this.send('comm_open', requestId, params, { target_name: target });
    },
    'comm.message': (requestId, params) => {
      if (this.open.has(new Fields('comm.message', params).string('id'))) {
        this.send('comm_msg', requestId, params);
      }
    },
    'comm.close': (requestId, params) => {
      if (this.open.delete(new Fields('comm.close', params).string('id'))) {
        this.send('comm_close', requestId, params);
      }
    },
  };

  info(content: JsonObject): CommInfoReply {
    const { target } = parseCommInfo(content);
    const comms = [...this.open, ...this.parts.own.list()]
      .filter(([, name]) => target === undefined || name === target)
      .map(([id, name]) => [id, { target_name: name }] as const);
    return { status: 'ok', comms: Object.fromEntries(comms) };
  }

  /** An unknown target is answered by closing the comm, as the specification asks. */
  async handleOpen(request: Request): Promise<void> {
    const { id, target, data } = parseCommOpen(request.content);
    if (this.open.has(id)) return;
    if (this.parts.own.has(target)) {
      this.parts.own.opened(id, target, data, request.header.session);
      return;
    }
    if (!this.targets.has(target)) {
      this.publishClose(id, request.header);
      return;
    }
    this.open.set(id, target);
    await this.tell('comm.open', request, { id, target, data });
  }

  async handleMessage(request: Request): Promise<void> {
    const { id, data } = parseCommData('comm_msg', request.content);
    if (this.parts.own.message(id, data)) return;
    if (this.open.has(id)) await this.tell('comm.message', request, { id, data });
  }

  async handleClose(request: Request): Promise<void> {
    const { id, data } = parseCommData('comm_close', request.content);
    if (this.parts.own.closed(id)) return;
    if (this.open.delete(id)) await this.tell('comm.close', request, { id, data });
  }

  /** The cell process is gone, and with it our ends of all comms. */
  lost(): void {
    this.targets.clear();
    for (const id of this.open.keys()) this.publishClose(id, undefined);
    this.open.clear();
  }

  private async tell(method: string, request: Request, params: JsonObject): Promise<void> {
    const { metadata, buffers } = request;
    await this.parts.notify(request, method, { ...params, metadata, buffers });
  }

  private send(type: string, requestId: string, params: JsonObject, more: JsonObject = {}): void {
    const fields = new Fields(type, params);
    this.parts.outbox.publish({
      type,
      content: { comm_id: fields.string('id'), ...more, data: fields.object('data', {}) },
      metadata: fields.object('metadata', {}),
      buffers: fields.bytes('buffers'),
      parent: this.parts.headerOf(requestId),
    });
  }

  private publishClose(id: string, parent: Header | undefined): void {
    const content = { comm_id: id, data: {} };
    this.parts.outbox.publish({ type: 'comm_close', content, parent });
  }
}
