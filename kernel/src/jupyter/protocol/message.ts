/** The parts of a Jupyter message that every family shares. */

export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

/** The version of the messaging specification that we speak. */
export const PROTOCOL_VERSION = '5.5';

export type JsonObject = Readonly<Record<string, unknown>>;

export type Channel = 'shell' | 'control' | 'stdin';

/** A request from a front end, or its answer to one of ours, with what is needed to answer it. */
export interface Request {
  readonly channel: Channel;
  /** ZeroMQ routing frames: the way back to the front end. */
  readonly identities: readonly Buffer[];
  readonly header: Header;
  readonly parentHeader: JsonObject;
  readonly metadata: JsonObject;
  readonly content: JsonObject;
  readonly buffers: readonly Buffer[];
}

/** A message to all front ends. */
export interface Broadcast {
  readonly type: string;
  readonly content: JsonObject;
  readonly metadata?: JsonObject;
  readonly buffers?: readonly Uint8Array[];
  /** Header of the request it belongs to; undefined for what no request caused. */
  readonly parent: Header | undefined;
}

/** The answer to one request. */
export interface Reply {
  readonly type: string;
  readonly content: JsonObject;
  readonly metadata?: JsonObject;
}

/** Where the session's messages go. Sending is in order and never throws. */
export interface Outbox {
  publish(message: Broadcast): void;
  reply(request: Request, reply: Reply): void;
  /**
   * Asks the front end that sent `request` over its stdin socket; its answer names `id` as parent.
   * Resolves to false when that front end listens to no such questions.
   */
  ask(request: Request, id: string, question: Reply): Promise<boolean>;
}
