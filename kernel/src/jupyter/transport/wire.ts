import { randomUUID } from 'node:crypto';
import { isJsonObject } from '../protocol/fields';
import { PROTOCOL_VERSION } from '../protocol/message';
import type { Channel, Header, JsonObject, Request } from '../protocol/message';
import { toJsonBytes } from './json';
import type { Signer } from './signature';

const DELIMITER = Buffer.from('<IDS|MSG>');

/** Why a message was dropped. */
export type Drop = 'malformed' | 'unsigned';

/**
 * Frames to a request: `[identities..., <IDS|MSG>, signature, header, parent, metadata, content, buffers...]`.
 * Returns the reason when they are none of ours; never throws, since anybody can send frames.
 */
export function decode(
  frames: readonly Buffer[],
  channel: Channel,
  signer: Signer,
): Request | Drop {
  const at = frames.findIndex((frame) => frame.equals(DELIMITER));
  const signature = frames[at + 1];
  const body = frames.slice(at + 2, at + 6);
  if (at < 0 || signature === undefined || body.length < 4) return 'malformed';
  // Checked before anything is parsed.
  if (!signer.verifies(body, signature)) return 'unsigned';
  const [header, parentHeader, metadata, content] = body.map(parse);
  if (!isHeader(header) || !parentHeader || !metadata || !content) return 'malformed';
  const buffers = frames.slice(at + 6);
  return {
    channel,
    identities: frames.slice(0, at),
    header,
    parentHeader,
    metadata,
    content,
    buffers,
  };
}

/** What `encode` needs; `parent` is undefined for a message that no request caused. */
export interface Outgoing {
  readonly type: string;
  readonly content: JsonObject;
  readonly metadata?: JsonObject;
  readonly buffers?: readonly Uint8Array[];
  readonly parent: Header | undefined;
}

/** Makes frames of messages, all in one Jupyter session. */
export class Encoder {
  private readonly session = randomUUID();

  constructor(private readonly signer: Signer) {}

  /** `prefix`: the routing frames of a reply, or the topic of a broadcast. */
  encode(
    prefix: readonly (string | Buffer)[],
    message: Outgoing,
    id: string = randomUUID(),
  ): (string | Uint8Array)[] {
    const header: Header = {
      msg_id: id,
      msg_type: message.type,
      session: this.session,
      username: 'kernel',
      date: new Date().toISOString(),
      version: PROTOCOL_VERSION,
    };
    // As bytes: to sign and to send a text, it would be encoded twice.
    const body = [header, message.parent ?? {}, message.metadata ?? {}, message.content].map(
      toJsonBytes,
    );
    return [...prefix, DELIMITER, this.signer.sign(body), ...body, ...(message.buffers ?? [])];
  }
}

function parse(frame: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(frame.toString('utf8'));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHeader(value: JsonObject | undefined): value is JsonObject & Header {
  return (
    typeof value?.['msg_id'] === 'string' &&
    typeof value['msg_type'] === 'string' &&
    typeof value['session'] === 'string'
  );
}
