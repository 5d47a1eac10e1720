import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { python } from '../../../formats/ml-dtypes.fixture';
import type { WeightName } from '../../../formats/uses';
import { quantize } from '../../../quantization/quantize';
import { loadBackend } from '../../../start';
import { exportOnnx } from '../export-onnx';

beforeAll(() => {
  loadBackend();
});

const network = (): tf.LayersModel =>
  tf.sequential({
    name: 'network',
    layers: [
      tf.layers.conv2d({ name: 'conv', inputShape: [6, 6, 3], filters: 8, kernelSize: 3 }),
      tf.layers.flatten({ name: 'flatten' }),
      tf.layers.dense({ name: 'dense', units: 4 }),
    ],
  });

/** The ONNX checker with shapes inferred, and the kernel types that the file has. */
function judged(file: Uint8Array): { readonly types: string; readonly opset: number } {
  const text = python(
    `import json, onnx\nm = onnx.load_from_string(sys.stdin.buffer.read())\nonnx.checker.check_model(m, full_check=True)\n` +
      `t = sorted({onnx.TensorProto.DataType.Name(i.data_type) for i in m.graph.initializer if i.name.endswith('/kernel')})\n` +
      `put(np.frombuffer(json.dumps({'types': ' '.join(t), 'opset': m.opset_import[0].version}).encode(), np.uint8))`,
    file,
  ).toString();
  return JSON.parse(text) as { types: string; opset: number };
}

describe('weights in floats in an ONNX file', () => {
  test.each<[WeightName, number, string]>([
    ['fp16', 21, 'FLOAT16'],
    ['bf16', 21, 'BFLOAT16'],
    ['fp8', 21, 'FLOAT8E4M3FN'],
    ['e5m2', 21, 'FLOAT8E5M2'],
    ['e4m3fnuz', 21, 'FLOAT8E4M3FNUZ'],
    ['mxfp8', 21, 'FLOAT8E4M3FN'],
    ['mxint8', 21, 'INT8'],
    ['fp4', 23, 'FLOAT4E2M1'],
    ['mxfp4', 23, 'FLOAT4E2M1'],
    // No type of ONNX: places in a table.
    ['fp4', 21, 'UINT4'],
    ['nf4', 21, 'UINT4'],
    ['fp6', 21, 'UINT8'],
    ['tf32', 21, 'FLOAT'],
  ])('%s, operator set %i: %s, as the checker has it', async (weights, opset, types) => {
    const small = await quantize(network(), { weights });
    expect(judged(exportOnnx(small, { opset }))).toEqual({ types, opset });
    small.dispose();
  });

  test('are written once each, in as few bytes as they have', async () => {
    const bytesOf = async (weights: WeightName): Promise<number> => {
      const small = await quantize(network(), { weights });
      return exportOnnx(small).length;
    };
    const count = 27 * 8 + 128 * 4;
    const [half, eight] = [await bytesOf('fp16'), await bytesOf('fp8')];
    expect(half - eight).toBeGreaterThan(count - 600);
  });
});
