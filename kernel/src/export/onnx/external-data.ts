import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { onnx } from 'onnx-proto';
import { HalfnoteError } from '../../errors';

/** Where a constant's bytes lie, if not in the model's own file. */
export interface ExternalPlace {
  /** As the file names it, relative to its own folder. */
  readonly location: string;
  readonly offset: number;
  /** Undefined where the rest of the file is meant. */
  readonly length: number | undefined;
}

/** Undefined for a constant whose bytes are in the model's file. */
export function placeOf({
  dataLocation,
  externalData,
}: onnx.ITensorProto): ExternalPlace | undefined {
  if (dataLocation !== onnx.TensorProto.DataLocation.EXTERNAL) return undefined;
  const entries = new Map((externalData ?? []).map(({ key, value }) => [key, value ?? '']));
  const length = entries.get('length');
  return {
    location: entries.get('location') ?? '',
    offset: Number(entries.get('offset') ?? 0),
    length: length === undefined ? undefined : Number(length),
  };
}

/**
 * Checks the files beside a model that hold its constants, as `torch.onnx.export` writes them.
 * @param path The model's file; undefined where it was given as bytes.
 * @returns Whether there are any.
 * @throws HalfnoteError `not-readable` where one is missing, `invalid-model-file` where one is
 *   outside the model's folder or too short.
 */
export async function checkExternalData(
  model: onnx.IModelProto,
  source: string,
  path: string | undefined,
): Promise<boolean> {
  const sizes = new Map<string, number>();
  for (const constant of constantsOf(model)) {
    const place = placeOf(constant);
    if (place === undefined) continue;
    const name = constant.name ?? '';
    const { location, offset, length } = place;
    if (path === undefined) throw needsPath(source, name, location);
    if (!isBeside(location)) throw outside(source, name, location);
    const size = sizes.get(location) ?? (await sizeOf(join(dirname(path), location), source, name));
    sizes.set(location, size);
    const end = offset + (length ?? 0);
    if (!(offset >= 0 && end >= offset && end <= size)) throw tooShort(source, name, place, size);
  }
  return sizes.size > 0;
}

/** Every constant of a model: of its graphs, of those within, and of nodes' attributes. */
export function* constantsOf({ graph, functions }: onnx.IModelProto): Generator<onnx.ITensorProto> {
  if (graph) yield* ofGraph(graph);
  for (const { node } of functions ?? []) yield* ofNodes(node);
}

function* ofGraph({ initializer, node }: onnx.IGraphProto): Generator<onnx.ITensorProto> {
  yield* initializer ?? [];
  yield* ofNodes(node);
}

function* ofNodes(nodes: onnx.INodeProto[] | null | undefined): Generator<onnx.ITensorProto> {
  for (const { t, tensors, g, graphs } of (nodes ?? []).flatMap(
    ({ attribute }) => attribute ?? [],
  )) {
    yield* [...(t ? [t] : []), ...(tensors ?? [])];
    for (const graph of [...(g ? [g] : []), ...(graphs ?? [])]) yield* ofGraph(graph);
  }
}

/** False for what leads out of the folder: that was not written for us. */
function isBeside(location: string): boolean {
  const path = normalize(location);
  const isWindows = /^[a-z]:|\\/i.test(location);
  return location !== '' && !isAbsolute(path) && !isWindows && path.split(sep)[0] !== '..';
}

async function sizeOf(file: string, source: string, constant: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() === true) return found.size;
  throw new HalfnoteError(
    'not-readable',
    `'${source}' keeps '${constant}' and maybe more in ${file}, which is not there.`,
    'Copy that file too: a model with external data is of no use without it.',
  );
}

function needsPath(source: string, constant: string, location: string): HalfnoteError {
  return new HalfnoteError(
    'not-readable',
    `'${source}' is a model that keeps '${constant}' in another file, '${location}', which bytes do not lead to.`,
    "Give the path of the model's file; the other one lies beside it.",
  );
}

function outside(source: string, constant: string, location: string): HalfnoteError {
  return new HalfnoteError(
    'invalid-model-file',
    `'${source}' says that '${constant}' lies in '${location}'; allowed are files in the model's own folder.`,
    'Load models only from whom you trust, or save it again with its data beside it.',
  );
}

function tooShort(
  source: string,
  constant: string,
  { location, offset, length = 0 }: ExternalPlace,
  size: number,
): HalfnoteError {
  return new HalfnoteError(
    'invalid-model-file',
    `'${source}' says that '${constant}' is at bytes ${offset} to ${offset + length} of '${location}', which has ${size}.`,
    'It was cut off, or belongs to another model: copy both files again.',
  );
}
