import { DefaultSerializer, deserialize } from 'node:v8';

const HEADER_BYTES = 4;

/** A message as bytes: its length in 4 bytes (little-endian), then its structured clone. */
export function encodeFrame(message: unknown): Buffer {
  const serializer = new DefaultSerializer();
  // Room for the length, which is known only then: to copy a large message behind it takes long.
  serializer.writeRawBytes(Buffer.alloc(HEADER_BYTES));
  serializer.writeHeader();
  serializer.writeValue(message);
  const frame = serializer.releaseBuffer();
  frame.writeUInt32LE(frame.length - HEADER_BYTES, 0);
  return frame;
}

/** Puts frames together again from the chunks of a stream. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private buffered = 0;

  /** The messages that `chunk` completes, in order. */
  push(chunk: Buffer): unknown[] {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    const messages: unknown[] = [];
    for (;;) {
      const length = this.peekLength();
      if (length === undefined || this.buffered < HEADER_BYTES + length) return messages;
      const bytes =
        this.chunks.length === 1 ? (this.chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.chunks);
      const end = HEADER_BYTES + length;
      messages.push(deserialize(bytes.subarray(HEADER_BYTES, end)));
      this.chunks = end < bytes.length ? [bytes.subarray(end)] : [];
      this.buffered = bytes.length - end;
    }
  }

  private peekLength(): number | undefined {
    if (this.buffered < HEADER_BYTES) return undefined;
    const first = this.chunks[0];
    if (first !== undefined && first.length >= HEADER_BYTES) return first.readUInt32LE(0);
    this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0]?.readUInt32LE(0);
  }
}
