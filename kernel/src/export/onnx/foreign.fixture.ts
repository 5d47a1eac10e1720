import { onnx } from 'onnx-proto';

/** A dimension: open without a name where undefined. */
type Size = number | string | undefined;

export interface ForeignValue {
  readonly name: string;
  /** Of `TensorProto.DataType`. */
  readonly code: number;
  /** None at all where undefined. */
  readonly shape?: readonly Size[] | undefined;
}

export function tensorValue({ name, code, shape }: ForeignValue): onnx.IValueInfoProto {
  const dims = shape?.map((size) => {
    if (size === undefined) return {};
    return typeof size === 'number' ? { dimValue: size } : { dimParam: size };
  });
  const tensorType = { elemType: code, ...(dims === undefined ? {} : { shape: { dim: dims } }) };
  return { name, type: { tensorType } };
}

/** An ONNX model as others write it: any graph, with no care taken. */
export function foreignModel(graph: onnx.IGraphProto, opset = 21): Uint8Array {
  const model = onnx.ModelProto.create({
    irVersion: 10,
    opsetImport: [{ domain: '', version: opset }],
    graph: { name: 'foreign', ...graph },
  });
  return onnx.ModelProto.encode(model).finish();
}

/** `y = x` of one type. */
export function identity(code: number, shape: readonly Size[] | undefined): Uint8Array {
  return foreignModel({
    node: [{ opType: 'Identity', input: ['x'], output: ['y'] }],
    input: [tensorValue({ name: 'x', code, shape })],
    output: [tensorValue({ name: 'y', code, shape })],
  });
}
