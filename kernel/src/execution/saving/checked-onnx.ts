import { HalfnoteError } from '../../errors';
import { type Checked, FileCheck, notCompared } from './check-file';
import { type OnnxSource, writeOnnx } from '../../export/onnx/export-onnx';
import type { OnnxExportOptions } from '../../export/onnx/options';

export interface CheckedFile {
  readonly bytes: Uint8Array;
  /** What comparing it with the model has shown, as sentences. */
  readonly notes: readonly string[];
}

/** More layers than these in fp32, found one after another, and fp16 is not for the model. */
const MOST_WIDE = 16;

/**
 * A model as the bytes of an ONNX file that gives what the model does.
 * @throws HalfnoteError what `exportOnnx` throws, and `export-mismatch`.
 */
export async function checkedOnnx(
  source: OnnxSource,
  options: OnnxExportOptions,
): Promise<CheckedFile> {
  // What can't be written at all says so first.
  let bytes = writeOnnx(source, options);
  const check = await FileCheck.of(source, options);
  if (typeof check === 'string') return { bytes, notes: [notCompared(check)] };
  try {
    const wide = options.format === 'fp16' ? check.beyondHalf() : new Map<string, string>();
    if (wide.size > 0) bytes = writeOnnx(source, options, { wide });
    for (let found = 0; ; found++) {
      const { notes, difference } = await check.run(bytes);
      if (difference === undefined) return { bytes, notes };
      const layer = await check.firstDifferent(wide);
      const isStuck = layer === undefined || wide.has(layer) || found >= MOST_WIDE;
      if (options.format !== 'fp16' || isStuck) throw mismatch(difference, layer, options);
      wide.set(layer, 'in fp16 it gave something else');
      bytes = writeOnnx(source, options, { wide });
    }
  } finally {
    check.dispose();
  }
}

function mismatch(
  { output, row, expected, actual }: NonNullable<Checked['difference']>,
  layer: string | undefined,
  { format }: OnnxExportOptions,
): HalfnoteError {
  const where = layer === undefined ? '' : `; the first layer to differ is '${layer}'`;
  return new HalfnoteError(
    'export-mismatch',
    `${format === undefined ? 'The' : `In ${format} the`} file would give ${actual} for '${output}' where the model gives ${expected}, from ${row}${where}. Nothing was written.`,
    format === 'fp16' || format === 'int4' ? 'Export in fp32.' : 'Change that layer.',
  );
}
