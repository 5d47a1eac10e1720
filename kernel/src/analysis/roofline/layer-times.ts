import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ComputeFormat } from '../../backend/contract';
import { host } from '../../host';
import { aroundKernels } from '../../patches/kernel-calls';
import { place, watchPlaces } from '../../precision/policies/place';
import { withoutRecording } from '../../precision/ranges/recorder';
import { withPrecision } from '../../precision/scope';
import { rowOf } from '../cost/layer-of-place';
import { median } from '../../quantities/statistics';

type Layer = tf.layers.Layer;

const WARM_UP = 2;
const [FEWEST, MOST, SECONDS] = [3, 30, 0.6] as const;

/**
 * The median seconds that the kernels of each layer take in inference on random inputs, casts within. On
 * a GPU, which works on after a call has returned, that says nothing.
 */
export function timeLayers(
  model: tf.LayersModel,
  layers: ReadonlySet<Layer>,
  { batchSize, format }: { readonly batchSize: number; readonly format: ComputeFormat },
): Map<Layer, number> {
  const samples = new Map<Layer, number[]>();
  let current = new Map<Layer, number>();
  let depth = 0;
  const stopPlaces = watchPlaces();
  const stop = aroundKernels((_, run) => {
    const start = depth === 0 ? process.hrtime.bigint() : 0n;
    depth += 1;
    try {
      return run();
    } finally {
      depth -= 1;
      const layer = depth === 0 ? rowOf(place(), layers) : undefined;
      if (layer !== undefined) {
        const seconds = Number(process.hrtime.bigint() - start) / 1e9;
        current.set(layer, (current.get(layer) ?? 0) + seconds);
      }
    }
  });
  const batch = inputsOf(model, batchSize);
  try {
    withoutRecording(() => {
      withPrecision(format, () => {
        const pass = (): void => {
          tf.dispose(model.predict(batch, { batchSize }));
        };
        for (let i = 0; i < WARM_UP; i++) pass();
        const end = performance.now() + SECONDS * 1000;
        for (let i = 0; i < FEWEST || (i < MOST && performance.now() < end); i++) {
          host()?.throwIfInterrupted();
          current = new Map();
          pass();
          for (const [layer, seconds] of current) {
            samples.set(layer, [...(samples.get(layer) ?? []), seconds]);
          }
        }
      });
    });
  } finally {
    stop();
    stopPlaces();
    tf.dispose(batch);
  }
  return new Map([...samples].map(([layer, seconds]) => [layer, median(seconds)]));
}

function inputsOf(model: tf.LayersModel, batchSize: number): Tensor[] {
  return model.inputs.map(({ shape, dtype }, i) => {
    const sizes = [batchSize, ...shape.slice(1).map((size) => size ?? 1)];
    return dtype === 'float32'
      ? tf.randomNormal(sizes, 0, 1, 'float32', i + 1)
      : tf.zeros(sizes, dtype);
  });
}
