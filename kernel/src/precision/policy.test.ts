import { describe, expect, it } from 'vitest';
import { conventionOf, describePolicy, parsePolicy, POLICY_NAMES, policyName } from './policy';

describe('parsePolicy', () => {
  it('knows every name and keeps master weights in fp32', () => {
    expect(POLICY_NAMES.map((name) => [name, describePolicy(parsePolicy(name))])).toEqual([
      ['fp32', 'params=fp32, compute=fp32, output=fp32'],
      ['tf32', 'params=fp32, compute=tf32, output=fp32'],
      ['fp16', 'params=fp32, compute=fp16, output=fp32'],
      ['bf16', 'params=fp32, compute=bf16, output=fp32'],
      ['fp8', 'params=fp32, compute=fp8, output=fp32'],
      ['float32', 'params=fp32, compute=fp32, output=fp32'],
      ['mixed_float16', 'params=fp32, compute=fp16, output=fp16'],
      ['mixed_bfloat16', 'params=fp32, compute=bf16, output=bf16'],
    ]);
  });

  it("reads jmp's form with short and long names", () => {
    expect(parsePolicy('p=f32,c=f16,o=f32')).toEqual(parsePolicy('fp16'));
    expect(parsePolicy('params=float32, compute=bfloat16, output=half')).toEqual({
      param: 'fp32',
      compute: 'bf16',
      output: 'fp16',
    });
  });

  // What jmp 0.0.5 gives: `jmp.get_policy('c=f16')` is p=full,c=f16,o=f16.
  it.each([
    ['c=f16', 'p=f32,c=f16,o=f16'],
    ['p=f16', 'p=f16,c=f16,o=f16'],
    ['p=f16,c=bf16', 'p=f16,c=bf16,o=bf16'],
    ['p=full,c=bfloat16,o=full', 'p=f32,c=bf16,o=f32'],
    ['compute=half,output=float32', 'p=f32,c=f16,o=f32'],
  ])("fills jmp's form as jmp does: %s is %s", (short, long) => {
    expect(parsePolicy(short)).toEqual(parsePolicy(long));
  });

  it('hands on fp32 from formats that no tensor is stored in', () => {
    expect([parsePolicy('c=tf32').output, parsePolicy('c=fp8').output]).toEqual(['fp32', 'fp32']);
  });

  it.each([
    ['torch.float16', 'fp16'],
    ['torch.half', 'fp16'],
    ['torch.bfloat16', 'bf16'],
    ['torch.float32', 'fp32'],
    ['torch.float', 'fp32'],
    ['f16', 'fp16'],
    ['full', 'fp32'],
  ])('reads a dtype as torch.autocast does, with fp32 weights: %s', (dtype, name) => {
    expect(parsePolicy(dtype)).toEqual(parsePolicy(name));
  });

  it('is frozen', () => {
    expect(Object.isFrozen(parsePolicy('bf16'))).toBe(true);
    expect(Object.isFrozen(parsePolicy('c=f16'))).toBe(true);
  });

  it('names the nearest policies, and what a part may be', () => {
    expect(() => parsePolicy('bf61')).toThrow(
      /"bf61".*allowed are fp32, tf32.*\nDid you mean .*bf16/,
    );
    expect(() => parsePolicy('x=f16')).toThrow(/"x=f16".*keys p \(param\)/);
    expect(() => parsePolicy('c=f17')).toThrow(/"c=f17".*formats f32/);
    expect(() => parsePolicy('p=tf32')).toThrow(/tf32 is no storage format/);
    expect(() => parsePolicy('toString')).toThrow(/not a precision policy/);
  });

  it("takes other names of the formats with PyTorch's loss scaling", () => {
    expect(['float16', 'half', 'bfloat16'].map((name) => parsePolicy(name))).toEqual(
      ['fp16', 'fp16', 'bf16'].map((name) => parsePolicy(name)),
    );
    expect(conventionOf('float16')).toBe('pytorch');
  });

  it.each([undefined, null, 16, {}])('refuses %s, which is no string', (spec) => {
    expect(() => parsePolicy(spec as string)).toThrow(
      expect.objectContaining({
        code: 'unknown-policy',
        message: expect.stringContaining('is not a precision policy; allowed are fp32') as string,
      }),
    );
  });

  it("takes Keras's loss scaling for Keras's names", () => {
    expect(['mixed_float16', 'fp16'].map(conventionOf)).toEqual(['keras', 'pytorch']);
  });
});

describe('policyName', () => {
  it.each([
    ['fp16', 'fp16'],
    ['float32', 'fp32'],
    ['mixed_bfloat16', 'mixed_bfloat16'],
    ['p=f32,c=f16,o=f32', 'fp16'],
    ['p=bf16,c=fp8,o=bf16', 'p=bf16,c=fp8,o=bf16'],
  ])('%s is called %s, which is read as the same', (spec, name) => {
    expect(policyName(parsePolicy(spec))).toBe(name);
    expect(parsePolicy(name)).toEqual(parsePolicy(spec));
  });
});
