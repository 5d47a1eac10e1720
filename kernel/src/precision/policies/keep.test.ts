import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../policy';
import { matches, parseKeep } from './keep';
import { KeptLayers } from './kept-layers';

const read = (keep: Parameters<typeof parseKeep>[0]): unknown[] =>
  parseKeep(keep).map(({ pattern, policy }) => [pattern, policy]);

describe('parseKeep', () => {
  it('reads an object, or text with commas', () => {
    const expected = [
      ['dense_3', parsePolicy('fp32')],
      ['conv*', parsePolicy('bf16')],
    ];
    expect(read('dense_3=fp32, conv*=bf16')).toEqual(expected);
    expect(read({ dense_3: 'fp32', 'conv*': 'bf16' })).toEqual(expected);
    expect(read(undefined)).toEqual([]);
  });

  it("tells the commas of jmp's form from those between layers", () => {
    expect(read('a=p=f32,c=f16,o=f32,b=fp32')).toEqual([
      ['a', parsePolicy('p=f32,c=f16,o=f32')],
      ['b', parsePolicy('fp32')],
    ]);
    // After a plain name of a policy, o is a layer.
    expect(read('a=fp32,o=bf16')).toEqual([
      ['a', parsePolicy('fp32')],
      ['o', parsePolicy('bf16')],
    ]);
  });

  it.each(['dense_3', '', '=fp32', 'a=fp32,', 7, ['a=fp32']])('refuses %j', (keep) => {
    expect(() => parseKeep(keep as string)).toThrow(
      expect.objectContaining({ code: 'invalid-keep' }),
    );
  });

  it('names the policies when one is unknown', () => {
    expect(() => parseKeep('a=bf61')).toThrow(/"bf61".*allowed are fp32/);
    expect(() => parseKeep({ a: 16 as unknown as string })).toThrow(/16 is not a precision policy/);
  });
});

describe('matches', () => {
  it.each([
    ['dense_1', 'dense_1', true],
    ['dense_1', 'encoder/dense_1', true],
    ['dense_1', 'dense_10', false],
    ['encoder/dense_1', 'encoder/dense_1', true],
    ['decoder/dense_1', 'encoder/dense_1', false],
    ['dense_?', 'dense_1', true],
    ['dense_?', 'dense_10', false],
    ['conv*', 'encoder/conv2d_1', true],
    ['encoder/*', 'encoder/block/conv2d_1', true],
    ['a.c', 'abc', false],
    ['*', 'anything', true],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });
});

describe('KeptLayers', () => {
  it('puts a name before patterns, and a later pattern before an earlier', () => {
    const keep = new KeptLayers('dense_1=fp32,dense*=bf16,*=fp16');
    const compute = (path: string): string | undefined => keep.ruleFor(path)?.policy.compute;
    expect(['dense_1', 'dense_2', 'conv'].map(compute)).toEqual(['fp32', 'fp16', 'fp16']);
    expect(keep.unmet).toEqual([]);
  });
});
