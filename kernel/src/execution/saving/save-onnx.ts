import { basename, resolve } from 'node:path';
import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { replaceFile } from '../../files/replace-file';
import { checkedOnnx } from './checked-onnx';
import type { OnnxSource } from '../../export/onnx/export-onnx';
import type { OnnxExportOptions } from '../../export/onnx/options';
import { type OnnxSummary, summarizeOnnx } from '../../export/onnx/summary';
import { summaryBundle } from '../../export/onnx/view';

/** A file that was written, and what is in it. */
export class OnnxFile implements Displayable {
  constructor(
    /** Absolute. */
    readonly path: string,
    readonly summary: OnnxSummary,
  ) {}

  /** Of the file. */
  get bytes(): number {
    return this.summary.bytes;
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return summaryBundle(this.summary, basename(this.path));
  }
}

/**
 * Writes a model as an ONNX file, after running it in ONNX Runtime beside the model on rows at the edges
 * of what its layers take. What would differ in fp16 stays in fp32, and the summary says so; any other
 * difference is refused. The file takes its place by a rename, whole: one that was there stays as it was
 * until then, whatever happens.
 * @throws HalfnoteError what `exportOnnx` throws, `export-mismatch`, and `not-writable`.
 */
export async function saveOnnx(
  path: string,
  source: OnnxSource,
  options: OnnxExportOptions = {},
): Promise<OnnxFile> {
  const { bytes, notes } = await checkedOnnx(source, options);
  const target = resolve(path);
  await replaceFile(target, bytes, {
    what: `the model to ${path}`,
    hint: 'Name a file in a folder that you may write to, such as model.onnx.',
  });
  const summary = summarizeOnnx(bytes, path);
  return new OnnxFile(target, { ...summary, notes: [...summary.notes, ...notes] });
}
