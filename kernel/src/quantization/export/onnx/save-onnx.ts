import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { HalfnoteError } from '../../../errors';
import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../../host';
import { exportOnnx, type OnnxSource } from './export-onnx';
import type { OnnxExportOptions } from './options';
import { type OnnxSummary, summarizeOnnx } from './summary';
import { summaryBundle } from './summary-view';

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
  await replaceFile(target, bytes, path);
  return new OnnxFile(target, summarizeOnnx(bytes, path));
}

async function replaceFile(target: string, bytes: Uint8Array, shown: string): Promise<void> {
  const fresh = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
  try {
    const handle = await open(fresh, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw new HalfnoteError(
      'not-writable',
      `Can't write the model to ${shown}: ${error instanceof Error ? error.message : String(error)}.`,
      'Name a file in a folder that is there and that you may write to, such as model.onnx.',
      { cause: error },
    );
  }
}
