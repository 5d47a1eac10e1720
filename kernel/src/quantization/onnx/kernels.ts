import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphsOf } from '../../export/onnx/foreign/attributes';
import { onnxRuntime } from '../../export/onnx/onnx-runtime';
import { decodeOnnx } from '../../export/onnx/summary';
import type { onnx } from 'onnx-proto';

/** ONNX Runtime's kernels that multiply codes. */
const INTEGER_KERNELS = [
  'ConvInteger',
  'DynamicQuantizeMatMul',
  'MatMulInteger',
  'MatMulIntegerToFloat',
  'MatMulNBits',
  'QGemm',
  'QLinearConv',
  'QLinearMatMul',
];

export function isIntegerKernel(op: string): boolean {
  return INTEGER_KERNELS.includes(op);
}

/**
 * The operators that ONNX Runtime has made of a model for this machine, as it writes them itself, each
 * by the node's name and by what it makes.
 */
export async function kernelsOf(bytes: Uint8Array): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'halfnote-onnx-'));
  const path = join(folder, 'optimized.onnx');
  try {
    const session = await onnxRuntime().InferenceSession.create(bytes, {
      optimizedModelFilePath: path,
      logSeverityLevel: 4,
    });
    await session.release();
    const kernels = new Map<string, string>();
    collect(decodeOnnx(await readFile(path), path).graph ?? {}, kernels);
    return kernels;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function collect({ node }: onnx.IGraphProto, kernels: Map<string, string>): void {
  for (const one of node ?? []) {
    for (const output of one.output ?? []) kernels.set(output, one.opType ?? '');
    // Where the axes of a convolution are turned, its node gets a number.
    const name = (one.name ?? '').replace(/_token_\d+$/, '');
    if (name !== '') kernels.set(name, one.opType ?? '');
    for (const inner of graphsOf(one)) collect(inner, kernels);
  }
}
