import { basename, resolve } from 'node:path';
import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { replaceFile } from '../replace-file';
import { exportOnnx, type OnnxSource } from './export-onnx';
import type { OnnxExportOptions } from './options';
import { type OnnxSummary, summarizeOnnx } from './summary';
import { summaryBundle } from './view';

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
 * Writes a model as an ONNX file. The file takes its place by a rename, whole: one that was there
 * stays as it was until then, whatever happens.
 * @throws HalfnoteError what {@link exportOnnx} throws, and `not-writable`.
 */
export async function saveOnnx(
  path: string,
  source: OnnxSource,
  options: OnnxExportOptions = {},
): Promise<OnnxFile> {
  const bytes = exportOnnx(source, options);
  const target = resolve(path);
  await replaceFile(target, bytes, path, 'model.onnx');
  return new OnnxFile(target, summarizeOnnx(bytes, path));
}
