import { onnx } from 'onnx-proto';
import { HalfnoteError } from '../../errors';
import { placeOf } from './external-data';
import { elementTypeName } from './proto/element-type';

/** What an ONNX file holds, read from its bytes. */
export interface OnnxSummary {
  readonly name: string;
  readonly producer: string;
  readonly opset: number;
  readonly irVersion: number;
  /** Of the whole file. */
  readonly bytes: number;
  /** Of the model's weights in fp32, where the file says so. */
  readonly fp32WeightBytes: number | undefined;
  /** How often each operator occurs, the commonest first. */
  readonly operators: Readonly<Record<string, number>>;
  /** Bytes of the constants of each element type. */
  readonly constantBytes: Readonly<Record<string, number>>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** What its writer had to say of it, as sentences: what stays in fp32, and the like. */
  readonly notes: readonly string[];
}

export interface OnnxValue {
  readonly name: string;
  /** The element type of a tensor; of others `sequence of float32`, `map of int64 to float32`, ... */
  readonly type: string;
  /** Names, or `?`, where a size is open; undefined where the file gives no shape, so that any will do. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** Of an input or output of which the file says no type. */
export const UNKNOWN_TYPE = 'unknown';

/** @throws HalfnoteError `invalid-model-file` where the bytes are no ONNX model. */
export function summarizeOnnx(bytes: Uint8Array, source = 'The given data'): OnnxSummary {
  return summaryOf(decodeOnnx(bytes, source), bytes.length);
}

/** As {@link summarizeOnnx}, of a model that was decoded from so many bytes. */
export function summaryOf(model: onnx.IModelProto, bytes: number): OnnxSummary {
  const graph = model.graph ?? {};
  const metadata = new Map((model.metadataProps ?? []).map(({ key, value }) => [key, value]));
  const fp32 = metadata.get('halfnote.fp32_weight_bytes');
  const opset = (model.opsetImport ?? []).find(({ domain }) => (domain ?? '') === '');
  const constants = graph.initializer ?? [];
  const weights = new Set(constants.map(({ name }) => name));
  return {
    name: graph.name ?? '',
    producer: [model.producerName, model.producerVersion].filter(Boolean).join(' '),
    opset: Number(opset?.version ?? 0),
    irVersion: Number(model.irVersion ?? 0),
    bytes,
    fp32WeightBytes: fp32 === undefined ? undefined : Number(fp32),
    operators: counted((graph.node ?? []).map(({ opType }) => [opType ?? '', 1])),
    constantBytes: counted(
      constants.map((constant) => [elementTypeName(constant.dataType ?? 0), bytesOf(constant)]),
    ),
    inputs: (graph.input ?? []).filter(({ name }) => !weights.has(name)).map(valueOf),
    outputs: (graph.output ?? []).map(valueOf),
    notes: notesIn(metadata.get('halfnote.notes')),
  };
}

/** @throws HalfnoteError `invalid-model-file` where the bytes are no ONNX model. */
export function decodeOnnx(bytes: Uint8Array, source: string): onnx.IModelProto {
  try {
    const model = onnx.ModelProto.decode(bytes);
    if (model.graph?.node !== undefined && model.opsetImport.length > 0) return model;
  } catch {
    // Said below.
  }
  throw new HalfnoteError('invalid-model-file', `${source} is no ONNX model.`);
}

/** Anybody may have written the file. */
function notesIn(text: string | null | undefined): string[] {
  try {
    const notes: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(notes) ? notes.map(String) : [];
  } catch {
    return [];
  }
}

function counted(entries: readonly (readonly [string, number])[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [key, value] of entries) sums.set(key, (sums.get(key) ?? 0) + value);
  return Object.fromEntries([...sums].sort((a, b) => b[1] - a[1]));
}

/** Of a constant in the file, or in one beside it. */
function bytesOf(constant: onnx.ITensorProto): number {
  return placeOf(constant)?.length ?? constant.rawData?.length ?? 0;
}

function valueOf({ name, type }: onnx.IValueInfoProto): OnnxValue {
  const shape = type?.tensorType?.shape ?? undefined;
  return { name: name ?? '', type: typeName(type), shape: shape?.dim?.map(sizeOf) };
}

function typeName(type: onnx.ITypeProto | null | undefined): string {
  if (type?.tensorType) return elementTypeName(type.tensorType.elemType ?? 0);
  if (type?.sequenceType) return `sequence of ${typeName(type.sequenceType.elemType)}`;
  if (type?.optionalType) return `optional ${typeName(type.optionalType.elemType)}`;
  if (type?.sparseTensorType)
    return `sparse ${elementTypeName(type.sparseTensorType.elemType ?? 0)}`;
  if (type?.mapType) {
    const { keyType, valueType } = type.mapType;
    return `map of ${elementTypeName(keyType ?? 0)} to ${typeName(valueType)}`;
  }
  return UNKNOWN_TYPE;
}

/** A negative size is an open one, as none is. */
function sizeOf({ dimParam, dimValue }: onnx.TensorShapeProto.IDimension): number | string {
  if (dimParam) return dimParam;
  const size = Number(dimValue ?? -1);
  return size >= 0 ? size : '?';
}
