import { beforeAll, describe, expect, test } from 'vitest';
import { DT } from '../backend/dtypes';
import { ensureBackend } from '../start';
import { readHandle } from '../backend/raw';
import { HandleScope } from './handles';
import { codeArray } from './code-array';
import { sharedCodes } from './packed';

beforeAll(async () => {
  await ensureBackend();
});

describe('sharedCodes', () => {
  test('gives TensorFlow the codes as they are', () => {
    const scope = new HandleScope();
    const codes = codeArray(6);
    codes.set([-127, -1, 0, 1, 63, 127]);
    expect([...readHandle(sharedCodes(codes, [2, 3], scope), DT.qint8)]).toEqual([...codes]);
    scope.dispose();
  });

  test('takes no memory of its own for a large array', ({ skip }) => {
    if (process.platform !== 'linux') skip('the alignment of arrays is that of glibc');
    const scope = new HandleScope();
    const size = 2 ** 26;
    const codes = codeArray(size).fill(3);
    const before = process.memoryUsage.rss();
    sharedCodes(codes, [size], scope);
    expect(process.memoryUsage.rss() - before).toBeLessThan(size / 4);
    expect(codes[size - 1]).toBe(3);
    scope.dispose();
  });
});
