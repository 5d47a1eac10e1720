import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lossScaler, setLossScaler } from './session';
import { loadBackend } from '../start';
import { precisionStatus, setPrecision } from './status';

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setPrecision('fp32');
});

describe('setPrecision without a policy', () => {
  it('keeps the one in force, and its loss scaling, and sets the layers', () => {
    setPrecision('fp16', { keep: 'a=fp32' });
    setLossScaler(1024);
    const status = setPrecision(undefined, { keep: 'out=fp32' });
    expect([status.policy.compute, status.keep]).toEqual(['fp16', 'out=fp32']);
    expect(lossScaler().scale).toBe(1024);
  });

  it('begins loss scaling where a layer needs it', () => {
    setPrecision('bf16');
    setPrecision(undefined, { keep: 'out=fp16' });
    expect([precisionStatus().policy.compute, lossScaler().scale]).toEqual(['bf16', 2 ** 16]);
  });

  it('is refused where nothing is set', () => {
    expect(() => setPrecision(undefined)).toThrow(/undefined is not a precision policy/);
  });
});

describe('the status', () => {
  it('of fp8 names its two formats and that of its results', () => {
    expect(String(setPrecision('fp8'))).toMatch(/E4M3 and gradients in E5M2.* results in bf16/);
    expect(String(setPrecision('bf16'))).not.toContain('E4M3');
  });
});
