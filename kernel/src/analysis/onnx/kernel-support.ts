import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { onnxRuntime } from '../../export/onnx/onnx-runtime';
import { elementTypeCode } from '../../export/onnx/proto/element-type';
import { decodeOnnx } from '../../export/onnx/summary';
import type { OnnxRun, RunValue } from './run-once';
import { FLOAT_BYTES } from './weights';

/** `own`: a kernel that takes the type; `widened`: one of float32 between two casts; `none`: refused. */
export type KernelSupport = 'own' | 'widened' | 'none';

/**
 * Asks ONNX Runtime which kernel it has on this machine for a node whose floats are of another type, by
 * loading that node alone.
 * @param type `FLOAT16` or `BFLOAT16` of `TensorProto.DataType`.
 */
export async function kernelSupport(
  node: onnx.INodeProto,
  { graph, values }: OnnxRun,
  type: number,
): Promise<KernelSupport> {
  const folder = await mkdtemp(join(tmpdir(), 'halfnote-kernel-'));
  const path = join(folder, 'optimized.onnx');
  const names = [...new Set((node.input ?? []).filter((name) => name !== ''))];
  const fixed = names.flatMap((name) => {
    const constant = graph.constant(name);
    return constant === undefined || isFloat(values.get(name)) ? [] : [{ ...constant, name }];
  });
  const given = names.filter((name) => !fixed.some((one) => one.name === name));
  try {
    const alone = onnx.ModelProto.encode({
      ...graph.model,
      graph: {
        name: 'alone',
        node: [node],
        initializer: fixed,
        input: given.map((name) => valueInfo(name, values.get(name), type)),
        output: (node.output ?? []).filter((name) => name !== '').map((name) => ({ name })),
      },
    }).finish();
    const session = await onnxRuntime().InferenceSession.create(alone, {
      graphOptimizationLevel: 'disabled',
      optimizedModelFilePath: path,
      logSeverityLevel: 4,
    });
    await session.release();
    const made = decodeOnnx(await readFile(path), path).graph?.node ?? [];
    const casts = made.filter(({ opType }) => opType === 'Cast').length;
    return casts > (node.opType === 'Cast' ? 1 : 0) ? 'widened' : 'own';
  } catch {
    return 'none';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isFloat(value: RunValue | undefined): boolean {
  return value !== undefined && FLOAT_BYTES.has(value.type);
}

function valueInfo(name: string, value: RunValue | undefined, type: number): onnx.IValueInfoProto {
  const dim = (value?.shape ?? []).map((dimValue) => ({ dimValue }));
  const elemType = isFloat(value) || value === undefined ? type : elementTypeCode(value.type);
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
