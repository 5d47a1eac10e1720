import { parseCommData, parseCommInfo, parseCommOpen } from '../protocol/comm';
import type { CommInfoReply } from '../protocol/comm';
import type { JsonObject, Outbox, Request } from '../protocol/message';

/** The kernel's end of one comm. */
export interface CommHandler {
  message(data: JsonObject): void;
  close(data: JsonObject): void;
}

/** Opens the kernel's end when a front end asks for a target. */
export type CommTarget = (id: string, data: JsonObject) => CommHandler;

interface OpenComm {
  readonly target: string;
  readonly handler: CommHandler;
}

/** The open comms. What names no open comm is ignored, as both ends may close at the same time. */
export class Comms {
  private readonly open = new Map<string, OpenComm>();

  constructor(
    private readonly outbox: Outbox,
    private readonly targets: ReadonlyMap<string, CommTarget> = new Map(),
  ) {}

  info(content: JsonObject): CommInfoReply {
    const { target } = parseCommInfo(content);
    const comms = [...this.open]
      .filter(([, comm]) => target === undefined || comm.target === target)
      .map(([id, comm]) => [id, { target_name: comm.target }] as const);
    return { status: 'ok', comms: Object.fromEntries(comms) };
  }

  /** An unknown target is answered by closing the comm, as the specification asks. */
  handleOpen(request: Request): void {
    const { id, target, data } = parseCommOpen(request.content);
    const connect = this.targets.get(target);
    if (connect !== undefined) {
      this.open.set(id, { target, handler: connect(id, data) });
      return;
    }
    const content = { comm_id: id, data: {} };
    this.outbox.publish({ type: 'comm_close', content, parent: request.header });
  }

  handleMessage(request: Request): void {
    const { id, data } = parseCommData('comm_msg', request.content);
    this.open.get(id)?.handler.message(data);
  }

  handleClose(request: Request): void {
    const { id, data } = parseCommData('comm_close', request.content);
    const comm = this.open.get(id);
    this.open.delete(id);
    comm?.handler.close(data);
  }
}
