import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { InferenceSession } from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureBackend } from '../../start';
import { exportOnnx } from '../../export/onnx/export-onnx';
import type { LinearOp, QuantizedGraph } from '../../graph/quantized-graph';
import { type Geometry, outputChannels, weightShape } from '../../integer/product';
import type { AffineParams } from '../../integer/affine';
import { chain, generator, randomWeights } from '../reference.fixture';
import { OrtRunner } from './ort-runner';

beforeAll(async () => {
  await ensureBackend();
});

const random = generator(1);
const [A, B, C, D]: AffineParams[] = [0, 128, 100, 0].map((zeroPoint, i) => ({
  scale: Math.fround(0.02 + 0.01 * i),
  zeroPoint,
}));

function linear(geometry: Geometry, input: LinearOp['input']): LinearOp {
  const channels = outputChannels(geometry);
  const depth = weightShape(geometry).reduce((a, b) => a * b, 1) / channels;
  return {
    kind: 'linear',
    geometry,
    weights: randomWeights(depth, channels, 63, random),
    bias: new Float32Array(channels),
    activation: 'linear',
    input,
  };
}

const CONV: Geometry = { kind: 'conv2d', kernel: [3, 3, 4, 8], strides: [1, 1], padding: 'same' };
const DEPTHWISE: Geometry = {
  kind: 'depthwise',
  kernel: [3, 3, 8, 1],
  strides: [1, 1],
  padding: 'same',
};
const DENSE: Geometry = { kind: 'dense', inputs: 32, units: 16 };
const HALF = { size: [2, 2], strides: [2, 2], padding: 'valid' } as const;

/** The operators that are left when ONNX Runtime has optimized the model. */
async function operators(graph: QuantizedGraph): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-'));
  try {
    const path = join(folder, 'optimized.onnx');
    const session = await InferenceSession.create(exportOnnx(graph), {
      graphOptimizationLevel: 'all',
      optimizedModelFilePath: path,
      logSeverityLevel: 4,
    });
    await session.release();
    const { graph: optimized } = onnx.ModelProto.decode(readFileSync(path));
    return (optimized?.node ?? []).map(({ opType }) => opType ?? '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the kernels that OrtRunner names', () => {
  test('are those that ONNX Runtime makes of a static graph', async () => {
    const graph = chain({ shape: [1, 8, 8, 4], params: A }, [
      { op: linear(CONV, 'static'), shape: [1, 8, 8, 8], params: B },
      { op: linear(DEPTHWISE, 'static'), shape: [1, 8, 8, 8], params: C },
      { op: { kind: 'max-pool', window: HALF }, shape: [1, 4, 4, 8], params: C },
      { op: { kind: 'average-pool', window: HALF }, shape: [1, 2, 2, 8], params: C },
      { op: { kind: 'move', shape: [32] }, shape: [1, 32], params: C },
      { op: linear(DENSE, 'static'), shape: [1, 16], params: D },
    ]);
    const runner = new OrtRunner(graph);
    const named = runner.nodes.map(({ kernel }) => kernel.split(' ')[0]);
    runner.dispose();
    const found = await operators(graph);
    expect(found.filter((name) => named.includes(name))).toEqual(named);
    expect(found).not.toContain('Conv');
    expect(found).not.toContain('Gemm');
  });

  test("are those that it makes of a graph with each batch's own range", async () => {
    const graph = chain({ shape: [1, 2, 2, 8], params: undefined }, [
      {
        op: linear({ ...DEPTHWISE, kernel: [1, 1, 8, 1] }, 'dynamic'),
        shape: [1, 2, 2, 8],
        params: undefined,
      },
      { op: { kind: 'move', shape: [32] }, shape: [1, 32], params: undefined },
      { op: linear(DENSE, 'dynamic'), shape: [1, 16], params: undefined },
    ]);
    const runner = new OrtRunner(graph);
    const kernels = runner.nodes.map(({ kernel }) => kernel);
    runner.dispose();
    expect(kernels).toEqual([
      'ConvInteger (u8 x s8)',
      'move in fp32',
      'DynamicQuantizeMatMul (u8 x s8)',
    ]);
    const found = await operators(graph);
    expect(found).toContain('ConvInteger');
    expect(found).toContain('DynamicQuantizeMatMul');
  });
});
