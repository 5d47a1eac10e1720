import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { castTo } from '../backend/storage';
import { variableValues } from '../payloads/comms';
import { quantize } from '../quantization/quantize';
import { loadBackend } from '../start';
import { describe as described } from './describe';
import { variableList } from './list';
import { valuesOf } from './values';

beforeAll(() => {
  loadBackend();
});

/** Anything that runs is found out. */
const ran: string[] = [];
const trap = new Proxy(
  {},
  {
    get: (_, key) => ran.push(`get ${String(key)}`),
    getOwnPropertyDescriptor: () => void ran.push('descriptor'),
    getPrototypeOf: () => (ran.push('prototype'), null),
    ownKeys: () => (ran.push('keys'), []),
    has: () => ran.push('has') > 0,
  },
);

class Sly {
  static get [Symbol.hasInstance](): never {
    throw new Error(`ran ${ran.push('hasInstance')}`);
  }
  get shape(): unknown {
    return ran.push('shape');
  }
  get length(): unknown {
    return ran.push('length');
  }
  get [Symbol.toStringTag](): string {
    return String(ran.push('tag'));
  }
  get fields(): unknown {
    return ran.push('fields');
  }
}
Object.defineProperty(Sly, 'name', { get: () => ran.push('name') });

class SlyArray extends Float32Array {
  override get length(): number {
    return ran.push('length');
  }
  override get byteLength(): number {
    return ran.push('byteLength');
  }
}

describe('a variable in a list', () => {
  it('of code that watches is read without running any of it', () => {
    const object = {
      plain: 1,
      get got() {
        return ran.push('got');
      },
    };
    const values = { trap, Sly, sly: new Sly(), array: new SlyArray([1, 2]), object, list: [trap] };
    const { rows } = variableList(new Map(Object.entries(values)));
    for (const value of Object.values(values)) variableValues(valuesOf(value));
    expect(ran).toEqual([]);
    expect(rows.map(({ name, type }) => [name, type])).toEqual([
      ['trap', 'Proxy'],
      ['Sly', 'class'],
      ['sly', 'Object'],
      ['array', 'SlyArray'],
      ['object', 'Object'],
      ['list', 'Array'],
    ]);
    expect(described('object', object).text).toBe('{ plain: 1, got: (getter) }');
  });

  it('made to look like a tensor or a model is read without running any of it', () => {
    const list = Object.assign([2, 3], {
      every: () => ran.push('every') > 0,
      slice: () => [ran.push('slice')],
      map: () => [ran.push('map')],
    });
    const tensor = { dtype: 'float32', dataId: {}, isDisposedInternal: false };
    const values = {
      watched: { ...tensor, shape: new Proxy([2], { get: () => ran.push('shape') }) },
      sly: { ...tensor, shape: list },
      got: { ...tensor, shape: Object.defineProperty([], 0, { get: () => ran.push('size') }) },
      model: { _trainableWeights: list, layers: list },
    };
    const { rows } = variableList(new Map(Object.entries(values)));
    for (const value of Object.values(values)) variableValues(valuesOf(value));
    expect(ran).toEqual([]);
    expect(rows.map(({ kind }) => kind)).toEqual(['data', 'tensor', 'data', 'model']);
  });

  it.each<[string, unknown, string, readonly number[] | null, string, number | null]>([
    ['a number', 1.5, 'number', null, 'fp64', 8],
    ['a text', 'abc', 'string', null, '', null],
    ['null', null, 'null', null, '', null],
    ['an array', [1, 2, 3], 'Array', [3], '', null],
    ['numbers in 16 bits', new Int16Array(5), 'Int16Array', [5], 'int16', 10],
    ['a map', new Map([[1, 2]]), 'Map', [1], '', null],
    ['bytes', new ArrayBuffer(7), 'ArrayBuffer', null, '', 7],
    [
      'an object of a class',
      new (class Net {
        layers = 1;
      })(),
      'Net',
      null,
      '',
      null,
    ],
  ])('says of %s what it is and takes', (_, value, type, shape, format, bytes) => {
    expect(described('x', value)).toMatchObject({ type, shape, format, bytes });
  });

  it('says of a tensor in what it is stored, and when it was disposed of', () => {
    const x = tf.tensor2d([[1, 2, 3]]);
    const half = castTo(x, 'bf16');
    expect(described('x', x)).toMatchObject({
      ...{ kind: 'tensor', type: 'Tensor', shape: [1, 3], format: 'fp32', bytes: 12, text: '' },
    });
    expect(described('half', half)).toMatchObject({ format: 'bf16', bytes: 6 });
    expect(described('v', tf.variable(x))).toMatchObject({ type: 'Variable', kind: 'tensor' });
    tf.dispose([x, half]);
    expect(described('x', x)).toMatchObject({ format: 'fp32', bytes: 0, text: 'disposed' });
    expect(valuesOf(x)).toEqual({ kind: 'none', why: 'disposed' });
  });

  it('says of a model how many layers, parameters and bytes it has, and in which formats', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 4, inputShape: [3], name: 'a' }),
        tf.layers.dense({ units: 2, name: 'b' }),
      ],
    });
    expect(described('model', model)).toMatchObject({
      ...{ kind: 'model', type: 'Sequential', format: 'fp32', bytes: 104 },
      text: '2 layers, 26 parameters',
    });
    const values = valuesOf(model);
    expect(values).toMatchObject({
      kind: 'layers',
      size: 2,
      layers: [
        { name: 'a', type: 'Dense', parameters: 16, format: 'fp32', bytes: 64 },
        { name: 'b', type: 'Dense', parameters: 10, format: 'fp32', bytes: 40 },
      ],
    });
    expect(variableValues(values)).toEqual(values);
  });

  it('counts what wrappers and models within models hold, as tfjs does', () => {
    const inner = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4] })] });
    const input = tf.input({ shape: [5, 4] });
    const each = tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 4 }) }).apply(input);
    const both = tf.layers
      .bidirectional({ layer: tf.layers.gru({ units: 2 }), mergeMode: 'concat' })
      .apply(each) as tf.SymbolicTensor;
    const output = inner.apply(both) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: output });
    const count = model.countParams();
    expect(described('model', model).text).toBe(
      `${model.layers.length} layers, ${count} parameters`,
    );
  });

  it('says of a quantized model in which codes its weights are', async () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 8, inputShape: [16], name: 'a' })],
    });
    const small = await quantize(model, { weights: 'int8' });
    const row = described('small', small);
    expect(row).toMatchObject({ kind: 'model', type: 'QuantizedModel', format: 'int8' });
    expect(row.bytes).toBe(small.weightBytes);
    expect(valuesOf(small)).toMatchObject({ kind: 'layers', layers: [{ format: 'int8' }] });
    small.dispose();
  });

  it('says of a module that it is one, and nothing of its exports', () => {
    const whole: unknown = createRequire(__filename)('@tensorflow/tfjs');
    const star = Object.defineProperty({}, 'default', { value: whole, enumerable: true });
    expect(described('tf', star)).toMatchObject({ kind: 'module', type: 'module', text: '' });
  });

  it('leaves out what the user has not named, and the oldest of many', () => {
    const many = Array.from({ length: 1200 }, (_, index) => [`x${index}`, index] as const);
    const { rows, hidden } = variableList(new Map([['tsLastExpr1', 1], ...many]));
    expect([rows.length, rows[0]?.name, hidden]).toEqual([1000, 'x200', 200]);
  });
});

describe('the values of a variable', () => {
  it('are the first ones of a tensor, with its extremes, its mean and what is not finite', () => {
    const x = castTo(tf.tensor([1, NaN, -3, Infinity, 5]), 'fp16');
    const values = valuesOf(x);
    expect(values).toEqual({
      ...{ kind: 'numbers', first: [1, 'NaN', -3, 'Infinity', 5], size: 5 },
      ...{ min: -3, max: 5, mean: 1, nanCount: 1, infiniteCount: 1 },
    });
    expect(variableValues(JSON.parse(JSON.stringify(values)))).toEqual(values);
  });

  it('of a large tensor are few, and of a huge one none', () => {
    const large = tf.fill([1000, 1000], 2);
    const values = valuesOf(large);
    expect(values).toMatchObject({ size: 1e6, mean: 2 });
    expect(values.kind === 'numbers' && values.first.length).toBe(200);
    const huge = tf.zeros([5_000_000]);
    expect(valuesOf(huge)).toEqual({ kind: 'none', why: 'too-large' });
    tf.dispose([large, huge]);
  });

  it('of a tensor of texts are texts, and no values have no mean', () => {
    expect(valuesOf(tf.tensor(['one', 'zwei']))).toMatchObject({
      kind: 'entries',
      entries: [{ text: 'one' }, { text: 'zwei' }],
    });
    expect(valuesOf(tf.tensor([], [0, 3]))).toMatchObject({ size: 0, mean: null, first: [] });
  });

  it.each<[string, unknown, object]>([
    ['a list of numbers', [1, 2, 6], { kind: 'numbers', mean: 3, size: 3 }],
    ['a list of others', ['a', null], { kind: 'entries', size: 2 }],
    ['a map', new Map([['a', 1]]), { entries: [{ key: '"a"', type: 'number', text: '1' }] }],
    ['a set', new Set(['a']), { entries: [{ key: '0', type: 'string', text: '"a"' }] }],
    ['an object', { a: tf.scalar(1) }, { entries: [{ key: 'a', type: 'Tensor' }] }],
    ['a long text', 'x'.repeat(5000), { kind: 'text', size: 5000 }],
    ['an empty object', {}, { kind: 'none', why: 'nothing' }],
  ])('of %s are told', (_, value, expected) => {
    const values = valuesOf(value);
    expect(values).toMatchObject(expected);
    expect(variableValues(JSON.parse(JSON.stringify(values)))).toEqual(values);
    expect(JSON.stringify(values).length).toBeLessThan(3000);
  });

  it.each([
    [null],
    [{ kind: 'numbers' }],
    [{ kind: 'none', why: 'x' }],
    [{ kind: 'text', size: -1 }],
  ])('that are none are not read: %j', (data) => {
    expect(variableValues(data)).toBeUndefined();
  });
});
