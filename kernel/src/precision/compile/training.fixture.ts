import * as tf from '@tensorflow/tfjs';
import { transformerBlock } from '../../layers/transformer';
import { setSeed } from '../../patches/seed';

const { layers } = tf;

export const MODELS = {
  'an MLP with dropout': () =>
    tf.sequential({
      layers: [
        layers.dense({ units: 32, activation: 'relu', inputShape: [16] }),
        layers.dropout({ rate: 0.2 }),
        layers.dense({ units: 5 }),
      ],
    }),
  // Large enough for the kernels of oneDNN, which XLA hasn't got.
  'a CNN': () =>
    tf.sequential({
      layers: [
        layers.conv2d({ filters: 64, kernelSize: 3, padding: 'same', inputShape: [16, 16, 16] }),
        layers.activation({ activation: 'relu' }),
        layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dense({ units: 5 }),
      ],
    }),
  'a transformer': () => {
    const input = tf.input({ shape: [8, 16] });
    return tf.model({ inputs: input, outputs: transformerBlock(input, { numHeads: 2 }) });
  },
} as const satisfies Record<string, () => tf.LayersModel>;

export interface Training {
  readonly model: keyof typeof MODELS;
  readonly optimizer: () => tf.Optimizer;
  /** Wraps the step. */
  readonly wrap?: (step: (size: number) => tf.Scalar) => (size: number) => tf.Scalar;
  readonly batch?: (step: number) => number;
  readonly before?: (step: number, optimizer: tf.Optimizer) => void;
}

export const STEPS = 20;

/** Losses of a training from the same seed each time, then its weights. */
export function train({ model: name, optimizer: make, wrap, batch, before }: Training): number[][] {
  setSeed(7);
  const model = MODELS[name]();
  const optimizer = make();
  const [x, y] = [...model.inputs, ...model.outputs].map(({ shape }) =>
    tf.randomNormal([64, ...shape.slice(1).map(Number)]),
  ) as [tf.Tensor, tf.Tensor];
  let from = 0;
  // Another offset each time, as of batches that are cut out of the data.
  const step = (size: number): tf.Scalar =>
    optimizer.minimize(
      () =>
        tf.losses.meanSquaredError<tf.Tensor, tf.Scalar>(
          y.slice(from, size),
          model.apply(x.slice(from, size), { training: true }) as tf.Tensor,
        ),
      true,
    ) as tf.Scalar;
  const run = wrap?.(step) ?? step;
  const losses = Array.from({ length: STEPS }, (_, i) => {
    before?.(i, optimizer);
    const loss = run(batch?.(i) ?? 16);
    const [seen = NaN] = loss.dataSync();
    loss.dispose();
    from = (from + 7) % 48;
    return seen;
  });
  const weights = model.getWeights().flatMap((weight) => [...weight.dataSync()]);
  tf.dispose([x, y]);
  model.dispose();
  optimizer.dispose();
  return [losses, weights];
}
