import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBackend } from '../../start';
import { deviceFacts } from '../load';
import { programMachine } from '../deferred/steps';
import { handleOf, tensorFromHandle } from '../raw';
import type { Machine } from './machine';
import { forwardTape } from './forward-tape';
import { chainsOf, type Chain, type OwnCall } from './own-kernels';
import { stagesOf } from './stages';
import { sameBits } from './trial';

let machine: Machine & NonNullable<ReturnType<typeof programMachine>>;

beforeAll(async () => {
  process.env['HALFNOTE_ONE_PROGRAM'] = 'on';
  await ensureBackend();
  machine = programMachine() as typeof machine;
});

/** Whole numbers: sums of their products are exact in every order. */
function whole(shape: number[], seed: number): tf.Tensor {
  return tf.floor(tf.randomUniform(shape, -4, 5, 'float32', seed));
}

interface Recorded {
  readonly chain: Chain;
  readonly inputs: readonly tf.Tensor[];
  readonly expected: tf.Tensor;
}

/** The only chain among the ops of `fn`. */
function recorded(inputs: readonly tf.Tensor[], fn: () => tf.Tensor): Recorded {
  const ids = inputs.map(handleOf);
  const { result, recorder } = machine.trace(() => tf.tidy(fn));
  if (recorder === undefined) throw new Error('nothing was recorded');
  const forward = forwardTape(recorder, ids.slice(0, 1), ids.slice(1), [handleOf(result)]);
  const chains = chainsOf(stagesOf(forward).pass, machine.lanes);
  expect(chains).toHaveLength(1);
  return { chain: chains[0] as Chain, inputs, expected: result };
}

function run({ name, attributes }: OwnCall, inputs: readonly tf.Tensor[]): tf.Tensor {
  const [made] = machine.execute(name, attributes, inputs.map(handleOf), 1);
  if (made === undefined) throw new Error('no result');
  return tensorFromHandle(made);
}

function expectSame({ chain, inputs, expected }: Recorded): void {
  for (const call of chain.calls) {
    const result = run(call, inputs);
    expect(result.shape).toEqual(expected.shape);
    expect(result.dataSync()).toEqual(expected.dataSync());
  }
}

it('are there on processors with AVX2', () => {
  expect(machine.lanes > 0).toBe(deviceFacts().isa.includes('avx2'));
});

describe('a convolution with what is added and a relu', () => {
  it.each([
    { x: [2, 8, 8, 1], filter: [3, 3, 1, 8], strides: 1, pad: 'same' },
    { x: [1, 8, 8, 8], filter: [3, 3, 8, 16], strides: 1, pad: 'valid' },
    { x: [3, 7, 9, 3], filter: [3, 2, 3, 5], strides: 2, pad: 'same' },
    { x: [1, 11, 6, 4], filter: [5, 3, 4, 17], strides: 2, pad: 'valid' },
    { x: [2, 5, 5, 2], filter: [1, 1, 2, 33], strides: 1, pad: 'same' },
    { x: [1, 4, 13, 6], filter: [4, 4, 6, 16], strides: 3, pad: 'same' },
  ] as const)('is exact for whole numbers: %j', ({ x, filter, strides, pad }) => {
    const inputs = [whole([...x], 1), whole([...filter], 2), whole([filter[3]], 3)] as const;
    for (const relu of [false, true]) {
      const conv = (): tf.Tensor => {
        const sum = tf.add(
          tf.conv2d(inputs[0] as tf.Tensor4D, inputs[1] as tf.Tensor4D, strides, pad),
          inputs[2],
        );
        return relu ? tf.relu(sum) : sum;
      };
      expectSame(recorded(inputs, conv));
    }
  });

  it('multiplies no border with a weight that is not finite', () => {
    const filter = tf.tensor4d([Infinity, 1, 1, 1, 1, 1, 1, 1, 1], [3, 3, 1, 1]);
    const inputs = [tf.ones([1, 4, 4, 1]), filter, tf.zeros([1])] as const;
    const { chain } = recorded(inputs, () =>
      tf.add(tf.conv2d(inputs[0] as tf.Tensor4D, filter, 1, 'same'), inputs[2]),
    );
    for (const call of chain.calls) {
      const values = run(call, inputs).dataSync();
      expect([...values.slice(0, 5), values[5]]).toEqual([4, 6, 6, 4, 6, Infinity]);
    }
  });

  it('hands NaN on through its relu', () => {
    const x = tf.fill([1, 3, 3, 1], NaN);
    const inputs = [x, tf.ones([3, 3, 1, 1]), tf.zeros([1])] as const;
    const { chain } = recorded(inputs, () =>
      tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, inputs[1] as tf.Tensor4D, 1, 'valid'), inputs[2])),
    );
    for (const call of chain.calls) expect([...run(call, inputs).dataSync()]).toEqual([NaN]);
  });
});

describe('a row times a matrix', () => {
  it.each([
    [3, 16],
    [511, 32],
    [512, 64],
    [1030, 2064],
  ])('of %d rows and %d columns is exact for whole numbers', (depth, columns) => {
    const inputs = [
      whole([1, 1, depth], 1),
      whole([1, depth, columns], 2),
      whole([columns], 3),
    ] as const;
    for (const relu of [false, true]) {
      expectSame(
        recorded(inputs, () => {
          const sum = tf.add(tf.matMul(inputs[0], inputs[1]), inputs[2]);
          return relu ? tf.relu(sum) : sum;
        }),
      );
    }
  });
});

it('is used only where a trial gives the same bits', () => {
  const inputs = [whole([1, 6, 6, 3], 1), whole([3, 3, 3, 4], 2), whole([4], 3)] as const;
  const { chain } = recorded(inputs, () =>
    tf.add(tf.conv2d(inputs[0] as tf.Tensor4D, inputs[1] as tf.Tensor4D, 1, 'same'), inputs[2]),
  );
  const withoutRelu = chain.calls.map((call) => ({
    ...call,
    attributes: call.attributes.map((one) => (one.name === 'relu' ? { ...one, value: true } : one)),
  }));
  expect(sameBits(machine, { ...chain, calls: withoutRelu })).toBeUndefined();
});
