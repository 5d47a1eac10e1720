import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import { ensureBackend } from '../../../backend/load';
import { HalfnoteError } from '../../../errors';
import { readForeign } from '../../../export/onnx/foreign/read-foreign';
import type { OnnxModel } from '../../../export/onnx/onnx-model';
import { onnxRuntime } from '../../../export/onnx/onnx-runtime';
import { checkData, sliceRows } from '../../../models/data';
import { rowsOf } from '../../../models/rows';
import { weightsOf } from '../../onnx/weights';
import { OnnxFloats } from '../candidates/onnx-floats';
import { createOnnxCandidate } from '../candidates/onnx-table';
import {
  COMPARE_FORMAT_NAMES,
  COMPARE_FORMATS,
  type CompareFormat,
  specificFormat,
} from '../compare-formats';
import type { CompareOptions } from '../options';
import type { Subject } from './subject';

/**
 * A model that ONNX Runtime runs, in fp32 and as `quantize` makes it. All formats run in ONNX Runtime, so
 * that fp32 there is what a format's speed is against.
 */
export async function onnxSubject(
  model: OnnxModel,
  formats: readonly CompareFormat[],
  { data: given, calibrate }: Pick<CompareOptions, 'data' | 'calibrate'>,
): Promise<Subject> {
  for (const format of formats) checkFormat(format, model);
  const inputs = model.inputs.map(({ shape }, i) => ({
    shape: shape?.map((size) => (typeof size === 'string' ? null : size)) ?? shapeGiven(given, i),
  }));
  const data = checkData({ inputs }, given);
  const samples = rowsOf([data.x].flat());
  const fixed = inputs.map(({ shape }) => shape[0]).find((size) => typeof size === 'number');
  const fixedRows = fixed ?? undefined;
  checkWhole(model, samples, fixedRows);
  const facts = await ensureBackend();
  const graph = await readForeign(model);
  const bytes = graph.encode();
  const floats = new OnnxFloats(bytes, model);
  try {
    const first = sliceRows(data.x, 0, fixedRows ?? 1);
    const results = floats.run(first);
    const outputShape = [null, ...(results[0]?.shape.slice(1) ?? [])];
    tf.dispose([first, results]);
    const { parameters, weightBytes } = weightsOf(graph);
    const wanted = { model, bytes, weightBytes, calibrate };
    return {
      name: model.source,
      parameters,
      data,
      outputShape,
      loss: undefined,
      engine: `ONNX Runtime ${onnxRuntime().env.versions.node ?? ''}`.trim(),
      facts: { ...facts, threads: availableParallelism() },
      notes: leftOut(model, floats.names),
      batchRows: (rows) => fixedBatch(rows, fixedRows, model),
      // All of it runs in ONNX Runtime.
      specific: (format) =>
        format === 'fp32-ort' ? 'fp32' : specificFormat(format, calibrate !== undefined),
      create: (format) => createOnnxCandidate(format, wanted),
      engineBaseline: () => Promise.resolve({ notes: [] }),
    };
  } finally {
    floats.dispose();
  }
}

/** Of an input of which the file says no shape, any will do. */
function shapeGiven(data: unknown, i: number): readonly number[] {
  const x = (data as Partial<CompareOptions['data']> | null | undefined)?.x;
  const given: unknown = [x].flat()[i];
  return given instanceof tf.Tensor ? (given as tf.Tensor).shape : [];
}

/** What `quantize` can do with an ONNX model. */
function isAllowed(format: CompareFormat): boolean {
  const how = COMPARE_FORMATS[format];
  switch (how.kind) {
    case 'compute':
      return format === 'fp32';
    case 'integer':
      return how.weights === 'int8' || how.mode === undefined || how.mode === 'weight-only';
    case 'rounded':
    case 'onnxruntime':
      return true;
  }
}

function checkFormat(format: CompareFormat, { source }: OnnxModel): void {
  if (isAllowed(format)) return;
  const weightOnly = `${format}-weight-only`;
  const { kind } = COMPARE_FORMATS[format];
  throw new HalfnoteError(
    'unknown-format',
    kind === 'compute'
      ? `'${source}' cannot be compared in ${format}: ONNX Runtime multiplies floats of an ONNX model as the file has them, here in fp32.`
      : `'${source}' cannot be compared in ${format}: activations of an ONNX model are rounded to int8 only.`,
    (COMPARE_FORMAT_NAMES as readonly string[]).includes(weightOnly)
      ? `${weightOnly} rounds its weights. Allowed: ${allowed()}.`
      : `Allowed: ${allowed()}.`,
  );
}

function allowed(): string {
  return COMPARE_FORMAT_NAMES.filter(isAllowed).join(', ');
}

function checkWhole({ source }: OnnxModel, samples: number, fixedRows: number | undefined): void {
  if (fixedRows === undefined || samples % fixedRows === 0) return;
  throw new HalfnoteError(
    'data-mismatch',
    `'${source}' takes ${fixedRows} rows at once, but data.x has ${samples}.`,
    `Give it a multiple of ${fixedRows}.`,
  );
}

function fixedBatch(rows: number, fixedRows: number | undefined, { source }: OnnxModel): number {
  if (fixedRows === undefined) return rows;
  if (rows >= fixedRows) return fixedRows;
  throw new HalfnoteError(
    'invalid-option',
    `batchSize is ${rows}, but '${source}' takes ${fixedRows} rows at once.`,
    `Leave it out, or give batchSize: ${fixedRows}.`,
  );
}

function leftOut({ outputs }: OnnxModel, names: readonly string[]): string[] {
  const others = outputs.filter(({ name }) => !names.includes(name));
  if (others.length === 0) return [];
  const list = others.map(({ name, type }) => `${name} (${type})`);
  return [`Errors and scores are of the outputs that are floats; without ${list.join(', ')}.`];
}
