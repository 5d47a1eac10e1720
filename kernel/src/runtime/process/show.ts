import { inspect } from 'node:util';
import { JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { imageSize } from '../../display/rich-image';
import { recordsTable } from './records-table';
import { isTensor } from '../../display/tensor-like';
import { tensorText } from '../../display/tensor-text';
import { OwnJSON, OwnPromise } from './intrinsics';

type BundleMethod = (this: object) => unknown;

/** What a notebook shows of a cell's value. Objects say it themselves where they can. */
export async function mimeBundle(value: unknown): Promise<MimeBundle> {
  return bundleWith(value, await ownBundle(value));
}

/** The same at once: what an object says of itself only later is left out. */
export function mimeBundleNow(value: unknown): MimeBundle {
  const own = ownBundle(value);
  if (own instanceof OwnPromise) own.catch(() => undefined);
  return bundleWith(value, isBundle(own) && !(own instanceof OwnPromise) ? own : undefined);
}

function bundleWith(value: unknown, given: unknown): MimeBundle {
  const own = isBundle(given) ? given : undefined;
  if (own) return plainData({ 'text/plain': textOf(value), ...own });
  if (isTensor(value)) return { 'text/plain': tensorText(value) };
  if (value instanceof Uint8Array) {
    const type = pictureType(value);
    if (type !== undefined) return plainData({ 'text/plain': textOf(value), [type]: value });
  }
  const table = recordsTable(value);
  return { 'text/plain': textOf(value), ...(table !== undefined && { 'text/html': table }) };
}

/** A bundle as it can travel as JSON: bytes as base64, nothing that is not data. */
export function plainData(bundle: MimeBundle): MimeBundle {
  const data: Record<string, unknown> = {};
  for (const [mime, value] of Object.entries(bundle)) {
    if (value === undefined || value === null) continue;
    if (value instanceof Uint8Array) data[mime] = Buffer.from(value).toString('base64');
    else if (typeof value === 'string') data[mime] = value;
    else data[mime] = OwnJSON.parse(OwnJSON.stringify(value)) as unknown;
  }
  return data;
}

function isBundle(value: unknown): value is MimeBundle {
  return typeof value === 'object' && value !== null;
}

function ownBundle(value: unknown): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return undefined;
  const candidate = value as {
    [JUPYTER_DISPLAY]?: unknown;
    toMimeBundle?: unknown;
    _toMime?: unknown;
  };
  const method = candidate[JUPYTER_DISPLAY] ?? candidate.toMimeBundle ?? candidate._toMime;
  if (typeof method !== 'function') return undefined;
  return (method as BundleMethod).call(value);
}

/** Bytes that begin as the file of a picture are one, except where two letters are all there is to go by. */
function pictureType(bytes: Uint8Array): string | undefined {
  const type = imageSize(bytes)?.type;
  return type === 'image/bmp' ? undefined : type;
}

function textOf(value: unknown): string {
  try {
    return inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000 });
  } catch (error) {
    // A getter or a custom inspector that throws must not turn a good cell into a failed one.
    return `[${Object.prototype.toString.call(value)} that cannot be shown: ${String(error)}]`;
  }
}
