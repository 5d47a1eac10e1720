import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { onnx } from 'onnx-proto';
import { checkExternalData, constantsOf, placeOf } from '../external-data';
import type { OnnxModel } from '../onnx-model';
import { decodeOnnx } from '../summary';
import { ForeignGraph } from './foreign-graph';

/**
 * The graph of a loaded model, read anew from its file, with the constants that lie in files beside it.
 * @throws HalfnoteError `not-readable`, `invalid-model-file` where the file has changed meanwhile.
 */
export async function readForeign(model: OnnxModel): Promise<ForeignGraph> {
  const { bytes, path } = await model.content();
  const decoded = decodeOnnx(bytes, model.source);
  if (await checkExternalData(decoded, model.source, path)) await inline(decoded, path ?? '');
  return new ForeignGraph(decoded, model.source);
}

async function inline(model: onnx.IModelProto, path: string): Promise<void> {
  for (const constant of constantsOf(model)) {
    const place = placeOf(constant);
    if (place === undefined) continue;
    const file = await open(join(dirname(path), place.location));
    try {
      const length = place.length ?? (await file.stat()).size - place.offset;
      const bytes = Buffer.alloc(length);
      await file.read(bytes, 0, length, place.offset);
      constant.rawData = bytes;
      constant.dataLocation = onnx.TensorProto.DataLocation.DEFAULT;
      constant.externalData = [];
    } finally {
      await file.close();
    }
  }
}
