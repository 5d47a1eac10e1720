import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { FLOAT_TYPES, float32s, python } from '../../formats/ml-dtypes.fixture';
import { limits } from '../../formats/limits';
import { loadBackend } from '../../start';
import { convertQat } from './convert';
import { type InputObserver, InputRounding } from './input-rounding';
import type { QatOptions } from './options';
import { prepareQat } from './prepare';
import { describeQat } from './view';
import { WeightLayer } from './weight-layer';

beforeAll(() => {
  loadBackend();
});

const init = (seed: number) => tf.initializers.glorotNormal({ seed });
const network = (): tf.LayersModel =>
  tf.sequential({
    layers: [
      tf.layers.conv2d({
        name: 'conv',
        inputShape: [6, 6, 3],
        filters: 4,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer: init(1),
      }),
      tf.layers.flatten({ name: 'flat' }),
      tf.layers.dense({ name: 'head', units: 3, kernelInitializer: init(2) }),
    ],
  });
const rows = (seed: number, size = 1): tf.Tensor4D =>
  tf.randomNormal([8, 6, 6, 3], 0, size, 'float32', seed);
const numbers = (y: tf.Tensor | tf.Tensor[]): number[] => [
  ...([y].flat()[0] as tf.Tensor).dataSync(),
];
/** tfjs's own type of it is an enumeration that has no name outside. */
const QUIET = { verbose: 0 } as unknown as tf.ModelFitArgs;

async function trained(options: QatOptions): Promise<tf.LayersModel> {
  const student = prepareQat(network(), options);
  student.compile({ optimizer: tf.train.sgd(0.02), loss: 'meanSquaredError' });
  const y = tf.zeros([8, 3]);
  await student.fit(rows(3), y, { epochs: 3, shuffle: false, ...QUIET });
  return student;
}

const largest = (x: tf.Tensor): number => Math.max(...numbers(tf.abs(x)));

/** A rounding that has seen what it is shown, in training. */
function seen(
  format: 'e4m3' | 'e5m2',
  observer: InputObserver,
  batches: readonly tf.Tensor[],
): InputRounding {
  const rounding = new InputRounding({ format, observer, averaging: 0.25 });
  const variable = tf.variable(tf.zeros([rounding.length]));
  rounding.attach({
    read: () => variable,
    write: (value: tf.Tensor) => {
      variable.assign(value);
    },
  } as unknown as tf.LayerVariable);
  batches.forEach((x, step) => rounding.round(x, step, true));
  return rounding;
}

describe('inputs in FP8 while training', () => {
  test.each(['e4m3', 'e5m2'] as const)(
    '%s: values and gradients are those of NumPy with ml_dtypes, the identity within the range and 0 beyond',
    (format) => {
      const history = tf.tensor1d([0.5, -3, 1]);
      const rounding = seen(format, 'min-max', [history]);
      const x = tf.tensor1d([-4, -3, -2.999, -1e-9, 0, 1e-3, 0.3, 1.234, 2.5, 3, 3.001, 100]);
      const dy = tf.tensor1d(Array.from({ length: x.size }, (_, i) => i + 1));
      const [value, gradient] = ['v', 'g'].map((what) => [
        ...float32s(
          python(
            `x = get(np.float32)\nm = np.float32(ml.finfo(${FLOAT_TYPES[format]}).max)\ns = np.float32(3) / m\n` +
              `r = (np.clip(x / s, -m, m).astype(${FLOAT_TYPES[format]}).astype(np.float32) * s)\n` +
              `put((r if '${what}' == 'v' else (np.abs(x / s) <= m) * (np.arange(x.size) + 1)).astype(np.float32))`,
            x.dataSync(),
          ),
        ),
      ]);
      const run = (input: tf.Tensor): tf.Tensor => rounding.round(input, undefined, true);
      expect(numbers(run(x))).toEqual(value);
      expect(numbers(tf.grad(run)(x, dy))).toEqual(gradient);
    },
  );

  test('the range is the largest of all batches, an average of them, or of those before', () => {
    const [a, b, broken, c] = [
      tf.tensor1d([1, -2]),
      tf.tensor1d([4, 0]),
      tf.tensor1d([NaN, 9]),
      tf.tensor1d([-1, 1]),
    ];
    const scaleOf = (observer: InputObserver, batches: readonly tf.Tensor[]): number =>
      448 * (seen('e4m3', observer, batches).scale ?? NaN);
    const all = [a, b, broken, c];
    expect(scaleOf('min-max', all)).toBeCloseTo(4, 5);
    expect(scaleOf('moving-average', all)).toBeCloseTo(2.5 + 0.25 * (1 - 2.5), 5);
    expect(scaleOf('delayed', all)).toBeCloseTo(4, 5);
    // The batch itself counts from the next on: it saturates at what came before.
    const rounding = seen('e4m3', 'delayed', [a]);
    expect(numbers(rounding.round(b, 1, true))).toEqual([2, 0]);
    expect(numbers(rounding.round(b, 2, true))).toEqual([4, 0]);
    // Before any is known it is the batch's own.
    expect(numbers(seen('e4m3', 'delayed', []).round(b, 0, true))).toEqual([4, 0]);
    expect(() => seen('e4m3', 'delayed', []).rounding('head')).toThrow(/'head' have no range/);
  });

  test.each([
    { weights: 'fp8', activations: 'fp8' },
    { weights: 'fp8', activations: 'fp8-e5m2', observer: 'delayed' },
    { weights: 'fp4', activations: 'fp6', observer: 'min-max' },
  ] as const satisfies readonly QatOptions[])(
    'what is trained is what is converted, saved and loaded: %j',
    async (options) => {
      const student = await trained(options);
      const small = await convertQat(student);
      expect(small.mode).toBe('static');
      const x = rows(4, 2);
      const expected = numbers(student.predict(x));
      const far = (found: readonly number[]): number =>
        Math.max(...found.map((y, i) => Math.abs(y - (expected[i] ?? NaN))));
      expect(far(numbers(small.predict(x)))).toBeLessThan(1e-5);
      const ops = small.graph.nodes.flatMap(({ op }) => (op.kind === 'linear' ? [op] : []));
      expect(ops).toHaveLength(2);
      const [first] = ops;
      const { format, scale } = first?.activations ?? {};
      if (format === undefined) throw new Error('the inputs are not rounded');
      // All three epochs show the same batch.
      const max = limits(first?.activations?.format as 'e4m3').max;
      expect(scale).toBe(Math.fround(largest(rows(3)) / max));
      expect(String(describeQat(student))).toContain(`${format}, scale `);
      let saved: tf.io.ModelArtifacts | undefined;
      await student.save(
        tf.io.withSaveHandler((artifacts) => {
          saved = artifacts;
          return Promise.resolve({
            modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' },
          });
        }),
      );
      const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved as tf.io.ModelArtifacts));
      expect(numbers(loaded.predict(x) as tf.Tensor)).toEqual(expected);
      const again = loaded.getLayer('head');
      expect(again instanceof WeightLayer && again.inputRounding?.scheme).toEqual(
        (student.getLayer('head') as WeightLayer).inputRounding?.scheme,
      );
    },
  );

  test('learns, and rounds nothing before quantizeFrom but observes', async () => {
    const student = prepareQat(network(), {
      weights: 'fp8',
      activations: 'fp8',
      quantizeFrom: 1000,
    });
    expect(String(describeQat(student))).toContain('No ranges yet');
    student.compile({ optimizer: tf.train.sgd(0.02), loss: 'meanSquaredError' });
    const { history } = await student.fit(rows(3), tf.zeros([8, 3]), { epochs: 20, ...QUIET });
    const losses = history['loss'] as number[];
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] ?? NaN));
    expect((student.getLayer('head') as WeightLayer).inputRounding?.scale).toBeGreaterThan(0);
  });

  test.each<[QatOptions, RegExp]>([
    [{ weights: 'int8', activations: 'fp8' }, /trained beside weights in floats, not in int8/],
    [{ weights: 'fp8', activations: 'mxfp8' }, /Activations cannot be trained in mxfp8_e4m3/],
    [{ weights: 'fp8', activations: 'bf16' }, /Activations cannot be trained in bf16/],
    [{ weights: 'fp8', activations: 'fp8', observer: 'learned' }, /'learned' is not for .* e4m3/],
    [{ observer: 'delayed' }, /'delayed' is not for activations in uint8/],
  ])('is refused where it cannot be: %j', (options, message) => {
    expect(() => prepareQat(network(), options)).toThrow(message);
  });
});
