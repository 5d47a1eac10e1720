import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLanguage, type Language } from '../runtime/language/language';
import { macros } from './macros';

let language: Language;

const compile = (cell: string): ReturnType<Language['compile']> => {
  const expansion = macros.expand(cell);
  if (!expansion.ok) throw new Error(expansion.error.evalue);
  return language.compile(expansion.code, 1, expansion.source);
};

const errorOf = (cell: string): readonly string[] => {
  const compiled = compile(cell);
  return compiled.status === 'error' ? compiled.error.traceback : [];
};

beforeAll(() => {
  language = createLanguage(__dirname);
  const { status } = compile(`
    import * as tf from '@tensorflow/tfjs';
    import { QuantizedModel } from 'halfnote';
    declare const model: tf.LayersModel;
    declare const quantized: QuantizedModel;
    declare const x: tf.Tensor;
    declare const anything: any;
    const rows = [[1, 2]];`);
  expect(status).toBe('ok');
  language.commit('all');
}, 120_000);

afterAll(() => {
  language.close();
});

describe('an argument of a wrong type', () => {
  it('is told in the words of the magic, where it stands', () => {
    expect(errorOf("const a = 1;\n%inspect 'abc'")).toEqual([
      "cell[1]:2:10 - %inspect: value takes a number, an array of numbers or a tensor, but this is of type 'string'.",
      "  2 | %inspect 'abc'",
      '    |          ^^^^^',
    ]);
    expect(errorOf("%inspect [1, 'x']")[0]).toMatch(
      /:1:10 - %inspect: .* '\(string \| number\)\[\]'/,
    );
    expect(errorOf('%quantize int8 42')[0]).toMatch(
      /:1:16 - %quantize: model takes a model of tf\.sequential\(\), .* 'number'\.$/,
    );
  });

  it('is found in the options too, which the generated code writes as properties', () => {
    expect(errorOf('%quantize int8 model --calibrate rows')).toEqual([
      "cell[1]:1:34 - %quantize: --calibrate takes a tensor of typical inputs, or an array of tensors, but this is of type 'number[][]'.",
      '  1 | %quantize int8 model --calibrate rows',
      '    |                                  ^^^^',
      'tf.tensor(array) makes a tensor of an array of numbers.',
    ]);
    expect(errorOf('%compare fp32,int8 model --data x,rows')[0]).toMatch(
      /:1:35 - %compare: --data /,
    );
  });

  it('says what else to give where a quantized model or a promise stands for a model', () => {
    expect(errorOf('%quantize int4 quantized').at(-1)).toMatch(/quantized already/);
    expect(errorOf('%memory Promise.resolve(model)').at(-1)).toMatch(/write await/);
  });

  it('leaves the errors inside of an expression to TypeScript', () => {
    expect(errorOf('%inspect x.foo')[0]).toBe(
      "cell[1]:1:12 - Property 'foo' does not exist on type 'Tensor<Rank>'.",
    );
    expect(errorOf('%memory nope')[0]).toBe("cell[1]:1:9 - Cannot find name 'nope'.");
    expect(errorOf("%inspect tf.tensor1d('a')")[0]).toContain(
      "Argument of type 'string' is not assignable to parameter of type 'TensorLike1D'",
    );
  });

  it('is left to run where its type is not known', () => {
    expect(compile('%quantize int8 anything').status).toBe('ok');
  });
});
