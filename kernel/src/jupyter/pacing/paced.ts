import { cutAt } from '../../runtime/code-points';
import type { Broadcast } from '../protocol/message';

/** A broadcast that waits for its turn. */
export interface Waiting {
  message: Broadcast;
  /** What is in it, roughly. */
  bytes: number;
}

/** Outputs that can be left out when there are too many: others change what a front end knows. */
const OMISSIBLE = new Set(['stream', 'display_data', 'update_display_data']);

export function isOmissible({ type }: Broadcast): boolean {
  return OMISSIBLE.has(type);
}

/** Header, parent, metadata and signature of a message. */
const ENVELOPE_BYTES = 1000;

/** Bytes as they go over the wire, JSON's escapes included. */
export function sizeOf({ content, buffers = [] }: Broadcast): number {
  const text = content['text'];
  if (typeof text === 'string') return ENVELOPE_BYTES + Buffer.byteLength(JSON.stringify(text));
  const data = Object.values(content['data'] ?? {});
  const lengths = data.map((value) => (typeof value === 'string' ? value.length : ENVELOPE_BYTES));
  const frames = buffers.map(({ byteLength }) => byteLength);
  return [...lengths, ...frames].reduce((sum, length) => sum + length, ENVELOPE_BYTES);
}

/** A stream message of at most this many characters each. */
const PIECE = 100_000;

/** A long stream message as several, since one above the server's limit would never pass. */
export function pieces(message: Broadcast): Broadcast[] {
  const { name, text } = message.content;
  if (message.type !== 'stream' || typeof text !== 'string' || text.length <= PIECE) {
    return [message];
  }
  const parts: Broadcast[] = [];
  for (let start = 0; start < text.length;) {
    const end = cutAt(text, start + PIECE);
    parts.push({ ...message, content: { name, text: text.slice(start, end) } });
    start = end;
  }
  return parts;
}

/** The display that an update replaces as a whole; undefined for all other messages. */
export function replaced({ type, content }: Broadcast): string | undefined {
  if (type !== 'update_display_data') return undefined;
  const { display_id: id } = content['transient'] as { readonly display_id?: string };
  return id;
}
