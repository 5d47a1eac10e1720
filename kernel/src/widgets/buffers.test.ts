import { describe, expect, it } from 'vitest';
import { joinBuffers, separateBuffers } from './buffers';

describe('bytes of a state', () => {
  it('travel beside it, and come back to where they were', () => {
    const bytes = new Uint8Array([1, 2]);
    const state = { a: 1, image: bytes, list: [{ deep: bytes }, bytes, 'x'], none: null };
    const { state: bare, bufferPaths, buffers } = separateBuffers(state);
    expect(bare).toEqual({ a: 1, list: [{}, null, 'x'], none: null });
    expect(bufferPaths).toEqual([['image'], ['list', 0, 'deep'], ['list', 1]]);
    expect(joinBuffers(bare, bufferPaths, buffers)).toEqual(state);
  });

  it('leave a state without bytes as it is', () => {
    expect(separateBuffers({ a: [1, { b: true }] })).toEqual({
      state: { a: [1, { b: true }] },
      bufferPaths: [],
      buffers: [],
    });
  });

  it.each([
    [['nowhere', 'x']],
    [['a', 'x']],
    [[]],
    [['__proto__', 'polluted']],
    [['constructor', 'prototype', 'polluted']],
  ])('are passed over where the path %j leads nowhere', (path) => {
    expect(joinBuffers({ a: 1 }, [path], [new Uint8Array(1)])).toEqual({ a: 1 });
    expect('polluted' in {}).toBe(false);
  });
});
