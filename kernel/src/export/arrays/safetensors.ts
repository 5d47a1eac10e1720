import { HalfnoteError } from '../../errors';
import { ARRAY_TYPES, elementBytes, typeCalled } from './element-types';
import { elementCount, type StoredArray } from './stored-array';

/** The longest header that the format's own library reads. */
const LONGEST_HEADER = 100_000_000;
const METADATA = '__metadata__';
/** The data begin at a multiple of this, so that any type can be read where it lies. */
const ALIGNMENT = 8;

/** A tensor as the header has it: `from` and `to` count from the end of the header. */
export interface PlacedArray extends Omit<StoredArray, 'bytes'> {
  readonly from: number;
  readonly to: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, PlacedArray>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Of the number before the header. */
export const LENGTH_BYTES = 8;

/**
 * The bytes of the header of a .safetensors file, by https://github.com/huggingface/safetensors: a length, a
 * JSON header, and data without gaps.
 * @param first The file's first bytes.
 * @throws HalfnoteError `invalid-array-file`.
 */
export function headerLength(first: Uint8Array, fileBytes: number, name: string): number {
  const view = Buffer.from(first.buffer, first.byteOffset, first.byteLength);
  const length = view.length < LENGTH_BYTES ? Infinity : Number(view.readBigUInt64LE(0));
  if (length <= LONGEST_HEADER && LENGTH_BYTES + length <= fileBytes) return length;
  throw invalid(name, 'its header is longer than the file, or than 100 MB');
}

/**
 * What a header says of the tensors behind it.
 * @param dataBytes How many bytes follow it.
 * @throws HalfnoteError `invalid-array-file`, `unsupported-array-type`.
 */
export function parseHeader(text: string, dataBytes: number, name: string): SafetensorsHeader {
  const header = headerOf(text, name);
  const entries = Object.entries(header).filter(([key]) => key !== METADATA);
  const tensors = new Map(entries.map(([key, entry]) => [key, placed(entry, key, name)]));
  let end = 0;
  for (const [key, { from, to }] of [...tensors].sort((a, b) => a[1].from - b[1].from)) {
    if (from !== end) throw invalid(name, `'${key}' does not begin where the one before it ends`);
    end = to;
  }
  if (end !== dataBytes) {
    throw invalid(name, `its tensors take ${end} bytes, and ${dataBytes} follow the header`);
  }
  return { tensors, metadata: metadataOf(header[METADATA], name) };
}

/**
 * The bytes of a .safetensors file. The widest types come first, so that each lies at a multiple of its
 * width; those of one type by name, as the format's own library writes them.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredArray>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const width = ({ type }: StoredArray): number => elementBytes(type);
  const sorted = [...tensors].sort(
    ([a, one], [b, other]) => width(other) - width(one) || (a < b ? -1 : 1),
  );
  let at = 0;
  const entries = sorted.map(([key, { type, shape, bytes }]) => {
    const from = at;
    at += bytes.length;
    const dtype = ARRAY_TYPES[type].safetensors;
    return [key, { dtype, shape, data_offsets: [from, at] }] as const;
  });
  const text = JSON.stringify({
    ...(Object.keys(metadata).length === 0 ? {} : { [METADATA]: metadata }),
    ...Object.fromEntries(entries),
  });
  const raw = Buffer.from(text, 'utf8');
  const padding = (ALIGNMENT - (raw.length % ALIGNMENT)) % ALIGNMENT;
  const head = Buffer.alloc(LENGTH_BYTES);
  head.writeBigUInt64LE(BigInt(raw.length + padding));
  const data = sorted.map(([, { bytes }]) => bytes);
  return Buffer.concat([head, raw, Buffer.alloc(padding, ' '), ...data]);
}

function headerOf(text: string, name: string): Readonly<Record<string, unknown>> {
  try {
    const header: unknown = JSON.parse(text);
    if (text.startsWith('{') && isObject(header)) return header;
  } catch {
    // Said below.
  }
  throw invalid(name, 'its header is no JSON object');
}

function placed(entry: unknown, key: string, name: string): PlacedArray {
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {};
  if (typeof dtype !== 'string' || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    throw invalid(name, `the header of '${key}' lacks its dtype, shape or data_offsets`);
  }
  const type = typeCalled('safetensors', dtype);
  if (type === undefined) {
    const allowed = Object.values(ARRAY_TYPES).map(({ safetensors }) => safetensors);
    throw new HalfnoteError(
      'unsupported-array-type',
      `'${key}' of ${name} is ${dtype}. Allowed: ${allowed.join(', ')}.`,
      'Write it again in one of these.',
    );
  }
  const [from = 0, to = 0] = offsets;
  const length = elementCount(shape) * elementBytes(type);
  if (to - from !== length) {
    throw invalid(
      name,
      `'${key}' is ${dtype} [${shape.join(', ')}], ${length} bytes, at bytes ${from} to ${to}`,
    );
  }
  return { type, shape, from, to };
}

function metadataOf(metadata: unknown, name: string): Readonly<Record<string, string>> {
  if (metadata === undefined) return {};
  if (isObject(metadata) && Object.values(metadata).every((value) => typeof value === 'string')) {
    return metadata as Record<string, string>;
  }
  throw invalid(name, `its ${METADATA} has something else than texts`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function invalid(name: string, why: string): HalfnoteError {
  return new HalfnoteError(
    'invalid-array-file',
    `${name} is no .safetensors that can be read: ${why}.`,
    'It was cut off or changed: write it again, or copy it again.',
  );
}
