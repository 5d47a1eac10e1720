import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { ensureBackend } from '../../backend/load';
import { layersModelOf } from '../../importing/layers-model-of';
import { isGraphTopology } from '../../models/graph-model';
import { decodeWeights } from '../../graph/weight-codes';
import { type ModelJson, readModel } from './model-files';
import { packedLength, unpackedWeight } from './packed-weights';
import { elements, OWN, type OwnQuantization, type WeightSpec } from './weight-spec';

/** Bytes of one value in the file, by its type there. */
const VALUE_BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  float16: 2,
  uint16: 2,
  uint8: 1,
  bool: 1,
};

/**
 * A layers model from a folder that `saveTfjs` or tfjs wrote. Its weights are float32: what the codes
 * in the file stand for. `quantize` it to have it run in integers. A graph model is taken as
 * `layersModelOf` gives it.
 * @throws HalfnoteError `not-readable`, `invalid-model-file`; of a graph model what `layersModelOf` throws.
 */
export async function loadTfjs(path: string): Promise<tf.LayersModel> {
  const { json, data } = await readModel(path);
  await ensureBackend();
  return modelOf(json, data, path);
}

/** The layers model that files hold. `path`: where they are, for errors. */
export async function modelOf(
  json: ModelJson,
  data: Uint8Array,
  path: string,
): Promise<tf.LayersModel> {
  const weightSpecs: WeightSpec[] = [];
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const spec of json.weightsManifest.flatMap(({ weights }) => weights)) {
    const own = ownQuantization(spec);
    const length = own === undefined ? stockLength(spec) : packedLength(spec, own);
    const bytes = data.subarray(from, (from += length));
    if (bytes.length < length) throw tooShort(path, spec, data.length);
    if (own === undefined) {
      weightSpecs.push(spec);
      parts.push(bytes);
    } else {
      const values = decodeWeights(unpackedWeight(spec, own, bytes));
      weightSpecs.push({ name: spec.name, shape: spec.shape, dtype: 'float32' });
      parts.push(new Uint8Array(values.buffer));
    }
  }
  const { modelTopology, userDefinedMetadata, signature } = json;
  const handler = tf.io.fromMemory({
    modelTopology: modelTopology as object,
    weightSpecs: weightSpecs as unknown as tf.io.WeightsManifestEntry[],
    weightData: Uint8Array.from(Buffer.concat(parts)).buffer,
    ...(userDefinedMetadata === undefined ? {} : { userDefinedMetadata }),
    ...(signature === undefined ? {} : { signature }),
  });
  if (!isGraphTopology(modelTopology)) return tf.loadLayersModel(handler);
  const graph = await tf.loadGraphModel(handler);
  try {
    return layersModelOf(graph);
  } finally {
    graph.dispose();
  }
}

function ownQuantization({ quantization }: WeightSpec): OwnQuantization | undefined {
  return quantization?.dtype.startsWith(OWN) === true
    ? (quantization as OwnQuantization)
    : undefined;
}

function stockLength(spec: WeightSpec): number {
  const type = spec.quantization?.dtype ?? spec.dtype;
  const size = VALUE_BYTES[type];
  if (size !== undefined) return size * elements(spec);
  throw new HalfnoteError(
    'invalid-model-file',
    `Weight '${spec.name}' is in '${type}'; allowed are ${Object.keys(VALUE_BYTES).join(', ')}.`,
  );
}

function tooShort(path: string, { name }: WeightSpec, bytes: number): HalfnoteError {
  return new HalfnoteError(
    'invalid-model-file',
    `The weight files of ${path} end at ${bytes} bytes, within '${name}'.`,
    'One of them is missing or was cut off: copy the folder again.',
  );
}
