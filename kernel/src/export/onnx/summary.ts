import { onnx } from 'onnx-proto';
import { HalfnoteError } from '../../errors';
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
}

export interface OnnxValue {
  readonly name: string;
  readonly type: string;
  /** Names where a size is open. */
  readonly shape: readonly (number | string)[];
}

/** @throws HalfnoteError `invalid-model-file` where the bytes are no ONNX model. */
export function summarizeOnnx(bytes: Uint8Array, source = 'The given data'): OnnxSummary {
  const model = decoded(bytes, source);
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
    bytes: bytes.length,
    fp32WeightBytes: fp32 === undefined ? undefined : Number(fp32),
    operators: counted((graph.node ?? []).map(({ opType }) => [opType ?? '', 1])),
    constantBytes: counted(
      constants.map(({ dataType, rawData }) => [
        elementTypeName(dataType ?? 0),
        rawData?.length ?? 0,
      ]),
    ),
    inputs: (graph.input ?? []).filter(({ name }) => !weights.has(name)).map(valueOf),
    outputs: (graph.output ?? []).map(valueOf),
  };
}

function decoded(bytes: Uint8Array, source: string): onnx.IModelProto {
  try {
    const model = onnx.ModelProto.decode(bytes);
    if (model.graph?.node !== undefined && model.opsetImport.length > 0) return model;
  } catch {
    // Said below.
  }
  throw new HalfnoteError('invalid-model-file', `${source} is no ONNX model.`);
}

function counted(entries: readonly (readonly [string, number])[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [key, value] of entries) sums.set(key, (sums.get(key) ?? 0) + value);
  return Object.fromEntries([...sums].sort((a, b) => b[1] - a[1]));
}

function valueOf({ name, type }: onnx.IValueInfoProto): OnnxValue {
  const tensor = type?.tensorType;
  return {
    name: name ?? '',
    type: elementTypeName(tensor?.elemType ?? 0),
    shape: (tensor?.shape?.dim ?? []).map(({ dimParam, dimValue }) =>
      dimParam ? dimParam : Number(dimValue ?? 0) || '?',
    ),
  };
}
