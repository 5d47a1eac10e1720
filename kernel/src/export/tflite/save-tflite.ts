import type { FloatModel } from '../../models/graph-model';
import { basename, resolve } from 'node:path';
import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { replaceFile } from '../../files/replace-file';
import { exportTflite } from './export-tflite';
import type { TfliteExportOptions } from './options';
import type { TfliteSummary } from './summary';
import { tfliteBundle } from './view';

/** A file that was written, and what is in it. */
export class TfliteFile implements Displayable {
  constructor(
    /** Absolute. */
    readonly path: string,
    readonly summary: TfliteSummary,
  ) {}

  /** Of the file. */
  get bytes(): number {
    return this.summary.bytes;
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return tfliteBundle(this.summary, basename(this.path));
  }
}

/**
 * Writes a model as a TensorFlow Lite file. The file takes its place by a rename, whole: one that
 * was there stays as it was until then, whatever happens.
 * @throws HalfnoteError what {@link exportTflite} throws, and `not-writable`.
 */
export async function saveTflite(
  path: string,
  model: FloatModel,
  options: TfliteExportOptions = {},
): Promise<TfliteFile> {
  const { data, summary } = await exportTflite(model, options);
  const target = resolve(path);
  await replaceFile(target, data, {
    what: `the model to ${path}`,
    hint: 'Name a file in a folder that you may write to, such as model.tflite.',
  });
  return new TfliteFile(target, summary);
}
