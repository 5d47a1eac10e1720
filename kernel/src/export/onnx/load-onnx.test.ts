import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { onnx } from 'onnx-proto';
import { afterAll, describe, expect, it } from 'vitest';
import { JUPYTER_DISPLAY } from '../../host';
import { loadBackend } from '../../start';
import { foreignModel, identity, tensorValue } from './foreign.fixture';
import { loadOnnx } from './onnx-model';
import { elementTypeName } from './proto/element-type';
import { TENSOR_TYPES } from './tensor-types';

loadBackend();

const folder = mkdtempSync(join(tmpdir(), 'halfnote-foreign-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const { AttributeType } = onnx.AttributeProto;
const whole = (name: string, i: number): onnx.IAttributeProto => ({
  name,
  type: AttributeType.INT,
  i,
});
const FLOAT = 1;
const INT64 = 7;
/** Every code of ONNX 1.23, with those that the protobuf package doesn't know yet. */
const CODES = [
  ...new Set([
    ...Object.values(onnx.TensorProto.DataType).map(Number).filter(Boolean),
    ...range(29),
  ]),
].filter((code) => code > 0);
function range(end: number): number[] {
  return Array.from({ length: end }, (_, i) => i);
}
const codeOf = (name: string): number =>
  CODES.find((code) => elementTypeName(code) === name) ?? NaN;
const isRun = (code: number): boolean => elementTypeName(code) in TENSOR_TYPES;

/** What is fed to each type, and comes back as it was but where another list says so. */
const SAMPLES: Readonly<Record<string, readonly [given: tf.Tensor, back?: readonly unknown[]]>> = {
  float32: [tf.tensor1d([1.5, -3e38, NaN, Infinity])],
  float64: [tf.tensor1d([1.5, -3e38, NaN, -Infinity])],
  float16: [tf.tensor1d([65504, 0.1, -Infinity, NaN]), [65504, 0.0999755859375, -Infinity, NaN]],
  int8: [tf.tensor1d([-128, 127], 'int32')],
  uint8: [tf.tensor1d([0, 255], 'int32')],
  int16: [tf.tensor1d([-32768, 32767], 'int32')],
  uint16: [tf.tensor1d([0, 65535], 'int32')],
  int32: [tf.tensor1d([-(2 ** 31), 2 ** 31 - 1], 'int32')],
  uint32: [tf.tensor1d([0, 2 ** 31 - 1], 'int32')],
  int64: [tf.tensor1d([-(2 ** 31), 2 ** 31 - 1], 'int32')],
  uint64: [tf.tensor1d([0, 2 ** 31 - 1], 'int32')],
  bool: [tf.tensor1d([true, false], 'bool')],
  string: [tf.tensor1d(['half', 'note'])],
};

/** What is fed to a type that doesn't hold it. */
const UNFIT: Readonly<Record<string, readonly [given: tf.Tensor, refusal: RegExp]>> = {
  float32: [tf.tensor1d([2 ** 24 + 1], 'int32'), /float32, .* only up to 16777216; .* is 16777217/],
  float16: [tf.tensor1d([1e5]), /-65504 to 65504, .* 2048; value 0 of the tensor is 100000/],
  int8: [tf.tensor1d([0, 128], 'int32'), /-128 to 127; value 1 of the tensor is 128/],
  uint8: [tf.tensor1d([-1], 'int32'), /0 to 255; value 0 of the tensor is -1/],
  int16: [tf.tensor1d([32768], 'int32'), /-32768 to 32767; /],
  uint16: [tf.tensor1d([65536], 'int32'), /0 to 65535; /],
  uint32: [tf.tensor1d([-1], 'int32'), /0 to 4294967295; /],
  uint64: [tf.tensor1d([-7], 'int32'), /0 to 18446744073709551615; .* is -7/],
};

describe('an ONNX element type', () => {
  it('is named, whichever it is', () => {
    for (const code of CODES) expect(elementTypeName(code)).not.toMatch(/^type/);
    expect(Object.keys(SAMPLES)).toEqual(Object.keys(TENSOR_TYPES));
    expect(CODES.filter(isRun)).toHaveLength(13);
  });

  it.each(CODES.filter(isRun).map((code) => [elementTypeName(code), code] as const))(
    '%s runs as input and output',
    async (name, code) => {
      const [given = tf.scalar(0), back] = SAMPLES[name] ?? [];
      const model = await loadOnnx(identity(code, ['n']));
      const y = (await model.predict(given)) as tf.Tensor;
      expect(y.dtype).toBe(given.dtype);
      expect(y.shape).toEqual(given.shape);
      const expected = back ?? (given.arraySync() as unknown[]);
      expect(y.arraySync()).toEqual(expected);
      await model.dispose();
    },
  );

  it.each(
    CODES.filter((code) => !isRun(code)).map((code) => [elementTypeName(code), code] as const),
  )('%s is refused at load, as input and as output', async (name, code) => {
    const [x, y] = [
      { name: 'ids', code: FLOAT, shape: [2] },
      { name: 'scores', code: FLOAT, shape: [2] },
    ];
    const node = [{ opType: 'Identity', input: ['ids'], output: ['scores'] }];
    const withInput = foreignModel({
      node,
      input: [tensorValue({ ...x, code })],
      output: [tensorValue(y)],
    });
    await expect(loadOnnx(withInput)).rejects.toThrow(
      `The input 'ids' is ${name}, which no tfjs tensor can be.\nAllowed are float32, float64, `,
    );
    const withOutput = foreignModel({
      node,
      input: [tensorValue(x)],
      output: [tensorValue({ ...y, code })],
    });
    await expect(loadOnnx(withOutput)).rejects.toMatchObject({
      code: 'unsupported-type',
      message: expect.stringContaining(`The output 'scores' is ${name}`) as string,
    });
  });

  it.each(Object.entries(UNFIT))(
    '%s refuses a number that it does not hold',
    async (name, [given, says]) => {
      const model = await loadOnnx(identity(codeOf(name), ['n']));
      await expect(model.predict(given)).rejects.toThrow(says);
      await expect(model.predict(given)).rejects.toMatchObject({ code: 'onnx-out-of-range' });
      await model.dispose();
    },
  );

  it('is never guessed: each takes what has its kind of numbers, and says how to convert others', async () => {
    const given = {
      float32: tf.tensor1d([65.9]),
      int32: tf.tensor1d([1], 'int32'),
      bool: tf.tensor1d([true], 'bool'),
      string: tf.tensor1d(['a']),
    };
    for (const code of CODES.filter(isRun)) {
      const name = elementTypeName(code);
      const model = await loadOnnx(identity(code, ['n']));
      for (const [dtype, tensor] of Object.entries(given)) {
        const takes: readonly string[] = TENSOR_TYPES[name]?.takes ?? [];
        if (takes.includes(dtype)) await model.predict(tensor);
        else
          await expect(model.predict(tensor)).rejects.toMatchObject({ code: 'unsupported-type' });
      }
      await model.dispose();
    }
    const ids = await loadOnnx(identity(INT64, ['n']));
    await expect(ids.predict(given.float32)).rejects.toThrow(
      "The input 'x' is int64, which is fed from int32 or bool, not from a float32 tensor.\nConvert it where that is meant: tf.cast(x, 'int32').",
    );
    await ids.dispose();
  });
});

describe('a number beyond what tfjs holds', () => {
  const times = (code: number, factor: onnx.ITensorProto): Uint8Array =>
    foreignModel({
      node: [
        {
          opType: 'Cast',
          input: ['x'],
          output: ['wide'],
          attribute: [whole('to', code)],
        },
        { opType: 'Mul', input: ['wide', 'factor'], output: ['y'] },
        {
          opType: 'Cast',
          input: ['y'],
          output: ['z'],
          attribute: [whole('to', FLOAT)],
        },
      ],
      initializer: [{ name: 'factor', dataType: code, dims: [], ...factor }],
      input: [tensorValue({ name: 'x', code: 6, shape: ['n'] })],
      output: [
        tensorValue({ name: 'y', code, shape: ['n'] }),
        tensorValue({ name: 'z', code: FLOAT, shape: ['n'] }),
      ],
    });
  const x = tf.tensor1d([0, 2], 'int32');
  const eight = { rawData: new Uint8Array(BigInt64Array.of(4_000_000_000n).buffer) };
  const huge = { rawData: new Uint8Array(Float64Array.of(1e300).buffer) };

  it.each([
    [
      'int64',
      INT64,
      eight,
      /Value 1 of the output 'y' is 8000000000 \(int64\).* int32 holds -2147483648 to 2147483647/,
    ],
    ['uint64', 13, eight, /Value 1 of the output 'y' is 8000000000 \(uint64\)/],
    [
      'float64',
      11,
      huge,
      /Value 1 of the output 'y' is 2e\+300 \(float64\).* float32 holds -3.4e38 to 3.4e38/,
    ],
  ] as const)(
    'of %s is an error that names it, and can be left out',
    async (_, code, factor, says) => {
      const all = await loadOnnx(times(code, factor));
      const before = tf.memory().numTensors;
      await expect(all.predict(x)).rejects.toThrow(says);
      expect(tf.memory().numTensors).toBe(before);
      await all.dispose();
      const one = await loadOnnx(times(code, factor), { outputs: ['z'] });
      expect(one.outputs.map(({ name }) => name)).toEqual(['z']);
      const z = (await one.predict(x)) as tf.Tensor;
      expect(z.dataSync()[1]).toBe(code === 11 ? Infinity : 8e9);
      await one.dispose();
    },
  );

  it('has no other outputs to choose from than those of the model', async () => {
    await expect(loadOnnx(times(INT64, eight), { outputs: ['label'] })).rejects.toThrow(
      "'label' is no output of 'given bytes'; allowed are y, z.",
    );
    await expect(loadOnnx(times(INT64, eight), { outputs: [] })).rejects.toThrow(/No output is/);
  });
});

describe('what is no tensor', () => {
  const float = { tensorType: { elemType: FLOAT, shape: { dim: [{}, {}] } } };
  it.each([
    ['sequence of float32', { sequenceType: { elemType: float } }],
    [
      'sequence of map of int64 to float32',
      { sequenceType: { elemType: { mapType: { keyType: INT64, valueType: float } } } },
    ],
    ['map of string to float32', { mapType: { keyType: 8, valueType: float } }],
    ['optional float32', { optionalType: { elemType: float } }],
    ['sparse float32', { sparseTensorType: { elemType: FLOAT } }],
  ])('is refused at load by its name: %s', async (name, type) => {
    const model = (input: onnx.ITypeProto, output: onnx.ITypeProto): Uint8Array =>
      foreignModel({
        node: [{ opType: 'SequenceConstruct', input: ['x'], output: ['y'] }],
        input: [{ name: 'x', type: input }],
        output: [{ name: 'y', type: output }],
      });
    await expect(loadOnnx(model(type, float))).rejects.toThrow(`The input 'x' is ${name}, which`);
    await expect(loadOnnx(model(float, type))).rejects.toThrow(`The output 'y' is ${name}, which`);
  });
});

describe('a shape', () => {
  it.each([
    ['that is missing is any', undefined, ['[2]', '[2, 3]', '[]']],
    ['that is -1 is open', [-1, 2], ['[5, 2]']],
    ['with a name is open', ['rows', 2], ['[5, 2]']],
    ['without a size is open', [undefined, undefined], ['[5, 2]', '[0, 1]']],
  ] as const)('%s', async (_, shape, fitting) => {
    const model = await loadOnnx(identity(FLOAT, shape));
    for (const text of fitting) {
      const sizes = JSON.parse(text) as number[];
      expect(((await model.predict(tf.ones(sizes))) as tf.Tensor).shape).toEqual(sizes);
    }
    if (shape !== undefined) {
      await expect(model.predict(tf.ones([2]))).rejects.toMatchObject({ code: 'input-mismatch' });
    }
    const shown = String(model[JUPYTER_DISPLAY]()['text/plain']);
    expect(shown).toContain(shape === undefined ? 'x: float32 of any shape' : 'x: float32 [');
    await model.dispose();
  });

  it('of inputs by name has no others', async () => {
    const model = await loadOnnx(identity(FLOAT, ['n']));
    await expect(model.predict({ x: tf.ones([1]), mask: tf.ones([1]) })).rejects.toThrow(
      "takes x [n], but got 'mask'.",
    );
    await model.dispose();
  });

  it('that only ONNX Runtime finds wrong is its error', async () => {
    const model = await loadOnnx(
      foreignModel({
        node: [{ opType: 'MatMul', input: ['x', 'x'], output: ['y'] }],
        input: [tensorValue({ name: 'x', code: FLOAT, shape: ['m', 'n'] })],
        output: [tensorValue({ name: 'y', code: FLOAT, shape: ['m', 'n'] })],
      }),
    );
    await expect(model.predict(tf.ones([2, 3]))).rejects.toMatchObject({
      code: 'onnxruntime-refused',
    });
    await model.dispose();
  });
});

describe('weights beside the file', () => {
  const values = Float32Array.of(0, 0, 10, 20);
  const model = (entries: Readonly<Record<string, string>>): Uint8Array =>
    foreignModel({
      node: [{ opType: 'Add', input: ['x', 'w'], output: ['y'] }],
      initializer: [
        {
          name: 'w',
          dataType: FLOAT,
          dims: [2],
          dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
          externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
        },
      ],
      input: [tensorValue({ name: 'x', code: FLOAT, shape: [2] })],
      output: [tensorValue({ name: 'y', code: FLOAT, shape: [2] })],
    });
  let count = 0;
  const written = (entries: Readonly<Record<string, string>>, hasData = true): string => {
    const here = join(folder, String(++count));
    mkdirSync(join(here, 'parts'), { recursive: true });
    writeFileSync(join(here, 'm.onnx'), model(entries));
    if (hasData) {
      for (const name of ['m.onnx.data', 'parts/w.bin']) writeFileSync(join(here, name), values);
    }
    return join(here, 'm.onnx');
  };
  const there = { location: 'm.onnx.data', offset: '8', length: '8' };

  it.each(['m.onnx.data', 'parts/w.bin'])('are read from %s', async (location) => {
    const loaded = await loadOnnx(written({ ...there, location }));
    expect(loaded.summary.constantBytes).toEqual({ float32: 8 });
    expect(((await loaded.predict(tf.tensor1d([1, 2]))) as tf.Tensor).arraySync()).toEqual([
      11, 22,
    ]);
    await loaded.dispose();
  });

  it('that are missing, outside or too short are told', async () => {
    await expect(loadOnnx(written(there, false))).rejects.toThrow(
      /'m\.onnx' keeps 'w' and maybe more in .*m\.onnx\.data, which is not there\.\nCopy that file too/,
    );
    for (const location of ['../secret.bin', '/etc/passwd', 'parts/../../x', '..\\x', 'c:/x', '']) {
      await expect(loadOnnx(written({ ...there, location }))).rejects.toMatchObject({
        code: 'invalid-model-file',
        message: expect.stringContaining(`'w' lies in '${location}'`) as string,
      });
    }
    await expect(loadOnnx(written({ ...there, offset: '12' }))).rejects.toThrow(
      "'w' is at bytes 12 to 20 of 'm.onnx.data', which has 16.",
    );
    await expect(loadOnnx(model(there))).rejects.toThrow(
      /'m\.onnx\.data', which bytes do not lead to/,
    );
  });

  it('are found in the constants of inner graphs, too', async () => {
    const constant = (location: string): onnx.ITensorProto => ({
      name: 'inner',
      dataType: FLOAT,
      dims: [2],
      dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
      externalData: [{ key: 'location', value: location }],
    });
    const branch: onnx.IGraphProto = { name: 'branch', initializer: [constant('../a')] };
    for (const attribute of [
      { name: 'value', type: AttributeType.TENSOR, t: constant('../a') },
      { name: 'body', type: AttributeType.GRAPH, g: branch },
    ]) {
      const bytes = foreignModel({
        node: [{ opType: 'Constant', output: ['y'], attribute: [attribute] }],
        output: [tensorValue({ name: 'y', code: FLOAT, shape: [2] })],
      });
      const path = join(folder, `inner-${attribute.name}.onnx`);
      writeFileSync(path, bytes);
      await expect(loadOnnx(path)).rejects.toThrow("'inner' lies in '../a'");
    }
  });
});
