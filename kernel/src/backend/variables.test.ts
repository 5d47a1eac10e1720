import { beforeAll, describe, expect, it } from 'vitest';
import { attr } from './attributes';
import { DT } from './dtypes';
import { nativeMemory } from './load';
import { loadBackend } from '../start';
import { bitcastHandle, castHandle, createHandle, deleteHandles, rawOp, readHandle } from './raw';
import { assignVariable, createVariable, destroyVariable, readVariable } from './variables';

beforeAll(() => {
  loadBackend();
});

const scalar = (value: number): number => createHandle([], Float32Array.of(value));

function valueOf(variable: Parameters<typeof readVariable>[0]): number[] {
  const handle = readVariable(variable);
  const values = [...readHandle(handle, variable.dtype)];
  deleteHandles(handle);
  return values;
}

describe('resource variables', () => {
  it('take part in a fused Adam step, and share no memory with the array they came from', () => {
    const initial = Float32Array.of(1, -2, 3);
    const handle = createHandle([3], initial);
    const zeros = createHandle([3], new Float32Array(3));
    const variable = createVariable(handle, [3]);
    const [m, v] = [createVariable(zeros, [3]), createVariable(zeros, [3])];
    const gradient = createHandle([3], Float32Array.of(0.5, -0.25, 4));
    const constants = [0.9, 0.999, 0.1, 0.9, 0.999, 1e-7].map(scalar);
    rawOp(
      'ResourceApplyAdam',
      [attr.type('T', DT.float), attr.bool('use_locking', false), attr.bool('use_nesterov', false)],
      [variable.resource, m.resource, v.resource, ...constants, gradient],
      0,
    );
    // Adam's first step is the learning rate against the gradient's sign (Kingma & Ba, section 2.1).
    valueOf(variable).forEach((value, i) => {
      expect(value).toBeCloseTo([0.9, -1.9, 2.9][i] ?? NaN, 4);
    });
    expect([...initial]).toEqual([1, -2, 3]);
    [variable, m, v].forEach(destroyVariable);
    deleteHandles(handle, zeros, gradient, ...constants);
  });

  it('can be assigned, and leave nothing behind when destroyed', () => {
    const before = nativeMemory()?.handles;
    const one = scalar(1);
    const two = scalar(2);
    const variable = createVariable(one, []);
    assignVariable(variable, two);
    expect(valueOf(variable)).toEqual([2]);
    destroyVariable(variable);
    deleteHandles(one, two);
    expect(nativeMemory()?.handles).toBe(before);
  });
});

describe('raw handles', () => {
  it.each([
    ['int8', DT.int8, DT.qint8],
    ['uint8', DT.uint8, DT.quint8],
  ] as const)('of %s and its quantized twin can be read', (_name, plain, quantized) => {
    const before = nativeMemory()?.handles;
    const wide = createHandle([3], Int32Array.of(1, 2, 100));
    const narrow = castHandle(wide, DT.int32, plain);
    const twin = bitcastHandle(narrow, plain, quantized);
    expect([...readHandle(narrow, plain)]).toEqual([1, 2, 100]);
    expect([...readHandle(twin, quantized)]).toEqual([1, 2, 100]);
    deleteHandles(wide, narrow, twin);
    expect(nativeMemory()?.handles).toBe(before);
  });

  it('of 16-bit floats have the bits of the format', () => {
    const wide = createHandle([2], Float32Array.of(1, -2));
    const half = castHandle(wide, DT.float, DT.half);
    const bits = bitcastHandle(half, DT.half, DT.uint16);
    expect([...readHandle(bits, DT.uint16)]).toEqual([0x3c00, 0xc000]);
    deleteHandles(wide, half, bits);
  });
});
