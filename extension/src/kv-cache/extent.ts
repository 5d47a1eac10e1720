import {
  cacheBytes,
  largestBatch,
  longestSequence,
  type KvBytes,
  type KvCache,
  type KvFormatRow,
} from 'halfnote/mime/kv-cache';

/** What the reader has chosen. */
export interface Extent {
  readonly sequence: number;
  readonly batch: number;
  /** Of the device; undefined: not told. */
  readonly memoryGB: number | undefined;
  /** Taken by weights and all else. */
  readonly otherGB: number | undefined;
}

/** A format's cache for an extent. */
export interface Row {
  readonly name: string;
  readonly bytes: KvBytes;
  /** Over those of fp32, without scales. */
  readonly ofFp32: number;
  /** Over the largest of all rows, and the room of the device. */
  readonly share: number;
  /** Where the device ends, on the same scale. */
  readonly limitShare: number | undefined;
  /** What is left on the device, or missing where it is below zero; undefined where it isn't told. */
  readonly leftBytes: number | undefined;
  /** At this batch. */
  readonly longest: number | undefined;
  /** At this length. */
  readonly largest: number | undefined;
}

const BYTES_PER_GB = 1e9;

/** Powers of two that a slider goes through, with the number that the payload has among them. */
export function steps(given: number, least: number, most: number): readonly number[] {
  const powers = Array.from({ length: most - least + 1 }, (_, i) => 2 ** (least + i));
  return [...new Set([...powers, given])].sort((a, b) => a - b);
}

/** What is left of the device for caches; undefined where it isn't told. */
function roomBytes({ memoryGB, otherGB = 0 }: Extent): number | undefined {
  return memoryGB === undefined ? undefined : Math.max(0, memoryGB - otherGB) * BYTES_PER_GB;
}

export function rowsOf({ formats, ...dimensions }: KvCache, extent: Extent): readonly Row[] {
  const { sequence, batch } = extent;
  const shape = { ...dimensions, sequence, batch };
  const room = roomBytes(extent);
  const sized = formats.map((format) => ({ format, bytes: cacheBytes(shape, format) }));
  const most = Math.max(1, room ?? 0, ...sized.map(({ bytes }) => bytes.totalBytes));
  const values = 2 * shape.layers * shape.kvHeads * shape.headDim * sequence * batch;
  return sized.map(({ format, bytes }): Row => ({
    name: format.name,
    bytes,
    ofFp32: bytes.totalBytes / (4 * values),
    share: bytes.totalBytes / most,
    limitShare: room === undefined ? undefined : room / most,
    leftBytes: room === undefined ? undefined : room - bytes.totalBytes,
    ...fits(shape, format, room),
  }));
}

function fits(
  shape: Parameters<typeof longestSequence>[0],
  format: KvFormatRow,
  room: number | undefined,
): Pick<Row, 'longest' | 'largest'> {
  if (room === undefined) return { longest: undefined, largest: undefined };
  return {
    longest: longestSequence(shape, format, room),
    largest: largestBatch(shape, format, room),
  };
}

/** `Of 15 formats, 4 fit: fp8, int8, …`; undefined where no device is told. */
export function whatFits(rows: readonly Row[]): string | undefined {
  if (rows.every(({ leftBytes }) => leftBytes === undefined)) return undefined;
  const names = rows.filter(({ leftBytes = -1 }) => leftBytes >= 0).map(({ name }) => name);
  if (names.length === 0) return 'None of the formats fits.';
  if (names.length === rows.length) return 'All formats fit.';
  return `Of ${rows.length} formats ${names.length === 1 ? 'one fits' : `${names.length} fit`}: ${names.join(', ')}.`;
}
