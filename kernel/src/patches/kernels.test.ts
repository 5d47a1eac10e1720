import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { onOp } from '../backend/load';
import { castTable } from '../precision/autocast-table';
import { withPrecision } from '../precision/scope';
import { loadBackend } from '../start';
import type { Example } from './kernel-inputs.fixture';
import { AT_RANDOM, EXAMPLES } from './kernels.fixture';

interface Value {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly unknown[];
}

const ran = new Set<string>();
/** TensorFlow's ops with floats among their inputs. */
const ops = new Set<string>();

beforeAll(() => {
  loadBackend();
  vi.stubGlobal('ImageData', Object);
  onOp((name, _format, inputs) => {
    if (inputs.some(({ dtype }) => dtype === 'float32')) ops.add(name);
  });
});

function valuesOf(example: Example): Value[] {
  const before = tf.memory();
  const values = tf.tidy(() =>
    [example()].flat().map((tensor) => {
      const { dtype, shape } = tensor as tf.Tensor;
      return { dtype, shape, values: [...(tensor as tf.Tensor).dataSync()] };
    }),
  );
  const { numTensors, numDataBuffers } = tf.memory();
  expect({ numTensors, numDataBuffers }).toEqual({
    numTensors: before.numTensors,
    numDataBuffers: before.numDataBuffers,
  });
  return values;
}

/** What tfjs's JavaScript backend gives, and which kernels it ran. */
function wanted(example: Example): Value[] {
  const engine = tf.engine();
  const spy = vi.spyOn(engine, 'runKernel');
  const backend = tf.getBackend();
  void tf.setBackend('cpu');
  try {
    return valuesOf(example);
  } finally {
    for (const [name] of spy.mock.calls) ran.add(name);
    spy.mockRestore();
    void tf.setBackend(backend);
  }
}

const typed = (values: readonly Value[]): readonly Omit<Value, 'values'>[] =>
  values.map(({ dtype, shape }) => ({ dtype, shape }));

function expectClose(have: readonly Value[], want: readonly Value[]): void {
  expect(typed(have)).toEqual(typed(want));
  have.forEach(({ values, dtype }, i) => {
    const expected = want[i]?.values ?? [];
    if (dtype === 'string') expect(values).toEqual(expected);
    else {
      values.forEach((value, j) => {
        if (!Object.is(value, expected[j])) expect(value).toBeCloseTo(expected[j] as number, 4);
      });
    }
  });
}

const NOTHING_LOST =
  /^(searchSorted|denseBincount|maxPoolWithArgmax|rotate|ragged|sparse|transform$)/;

describe('what tfjs gives in JavaScript', () => {
  it.each(Object.entries(EXAMPLES))('%s gives here', (name, example) => {
    const want = wanted(example);
    expectClose(valuesOf(example), want);
    for (const format of ['bf16', 'fp16'] as const) {
      const have = withPrecision(format, () => valuesOf(example));
      if (NOTHING_LOST.test(name)) expectClose(have, want);
      else expect(typed(have)).toEqual(typed(want));
    }
  });

  it.each(Object.entries(AT_RANDOM))('%s gives here at random', (_name, example) => {
    expect(typed(valuesOf(example))).toEqual(typed(wanted(example)));
  });

  it('is asked of every kernel that it has', () => {
    const namesOf = (backend: string): string[] =>
      tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName);
    const here = new Set(namesOf(tf.getBackend()));
    expect(namesOf('cpu').filter((name) => !ran.has(name))).toEqual([]);
    expect(namesOf('cpu').filter((name) => !here.has(name))).toEqual([]);
  });

  it('is made of ops that autocast knows', () => {
    const known = new Set(Object.values(castTable()).flat());
    expect([...ops].filter((op) => !known.has(op))).toEqual([]);
  });
});
