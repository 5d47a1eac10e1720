import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { HalfnoteError } from '../../errors';

/** Signatures of the records of a ZIP file (PKWARE's APPNOTE 6.3). */
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;

const LONGEST_COMMENT = 0xffff;
const IN_ZIP64 = 0xffffffff;
const UTF8 = 0x0800;
/** The earliest that a ZIP can say: 1980-01-01. Equal contents make equal files. */
const DATE = 0x0021;

/**
 * The files within a ZIP, in its order: stored or deflated, ZIP64 too, each held to its checksum.
 * @throws HalfnoteError `invalid-array-file`.
 */
export function unzip(bytes: Uint8Array, name: string): ReadonlyMap<string, Uint8Array> {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return new Map(directory(zip).map((entry) => [entry.name, contentOf(zip, entry)]));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HalfnoteError(
      'invalid-array-file',
      `${name} can't be unpacked: ${why}.`,
      'Write it again with numpy.savez(), or copy it again.',
      { cause: error },
    );
  }
}

/**
 * A ZIP of files, stored or deflated.
 * @throws HalfnoteError `not-writable` beyond 4 GB.
 */
export function zip(
  files: ReadonlyMap<string, Uint8Array>,
  { compress, what }: { readonly compress: boolean; readonly what: string },
): Uint8Array {
  const parts: Uint8Array[] = [];
  const entries: Uint8Array[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const path = Buffer.from(name, 'utf8');
    const data = compress ? deflateRawSync(content) : content;
    const record = Buffer.alloc(26);
    record.writeUInt16LE(20, 0);
    record.writeUInt16LE(UTF8, 2);
    record.writeUInt16LE(compress ? 8 : 0, 4);
    record.writeUInt16LE(DATE, 8);
    record.writeUInt32LE(crc32(content), 10);
    record.writeUInt32LE(data.length, 14);
    record.writeUInt32LE(content.length, 18);
    record.writeUInt16LE(path.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    entries.push(uint32(CENTRAL), uint16(20), record, rest, path);
    const local = [uint32(LOCAL), record, path, data];
    parts.push(...local);
    at += lengthOf(local);
    if (at > IN_ZIP64 - 1) throw tooLarge(what);
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.size, 4);
  end.writeUInt16LE(files.size, 6);
  end.writeUInt32LE(lengthOf(entries), 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, ...entries, uint32(END), end]);
}

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
}

function directory(zip: Buffer): Entry[] {
  const end = endOf(zip);
  let count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  if (end >= 20 && zip.readUInt32LE(end - 20) === LOCATOR_64) {
    const wide = Number(zip.readBigUInt64LE(end - 12));
    if (zip.readUInt32LE(wide) !== END_64) throw new Error('its directory is damaged');
    count = Number(zip.readBigUInt64LE(wide + 32));
    at = Number(zip.readBigUInt64LE(wide + 48));
  }
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    if (zip.readUInt32LE(at) !== CENTRAL) throw new Error('its directory is damaged');
    const path = zip.readUInt16LE(at + 28);
    const extra = zip.readUInt16LE(at + 30);
    const place = at + 46;
    const widened = wideSizes(zip.subarray(place + path, place + path + extra));
    const size = (offset: number): number => {
      const narrow = zip.readUInt32LE(at + offset);
      return narrow === IN_ZIP64 ? widened() : narrow;
    };
    // In the order in which ZIP64 lists those that it holds.
    const plain = size(24);
    const packed = size(20);
    entries.push({
      name: zip.toString('utf8', place, place + path),
      flags: zip.readUInt16LE(at + 8),
      method: zip.readUInt16LE(at + 10),
      crc: zip.readUInt32LE(at + 16),
      size: plain,
      packed,
      at: size(42),
    });
    at = place + path + extra + zip.readUInt16LE(at + 32);
  }
  return entries;
}

function endOf(zip: Buffer): number {
  for (let at = zip.length - 22; at >= 0 && at >= zip.length - 22 - LONGEST_COMMENT; at--) {
    if (zip.readUInt32LE(at) === END) return at;
  }
  throw new Error('it is no ZIP, or was cut off');
}

/** The 64-bit sizes of an entry's extra fields, one after the other. */
function wideSizes(extra: Buffer): () => number {
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== 1) {
    at += 4 + extra.readUInt16LE(at + 2);
  }
  at += 4;
  return () => Number(extra.readBigUInt64LE((at += 8) - 8));
}

function contentOf(zip: Buffer, { name, flags, method, crc, packed, size, at }: Entry): Uint8Array {
  if ((flags & 1) !== 0) throw new Error(`'${name}' is encrypted`);
  if (zip.readUInt32LE(at) !== LOCAL) throw new Error(`'${name}' is damaged`);
  const from = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
  const data = zip.subarray(from, from + packed);
  if (method !== 0 && method !== 8) throw new Error(`'${name}' is packed by method ${method}`);
  const content =
    method === 0 ? data : inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
  if (content.length !== size || crc32(content) !== crc) throw new Error(`'${name}' is damaged`);
  return content;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 255] ?? 0);
  return ~crc >>> 0;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function tooLarge(what: string): HalfnoteError {
  return new HalfnoteError(
    'not-writable',
    `Can't write ${what}: it would have more than 4 GB.`,
    'Write it as .safetensors, or in several files.',
  );
}
