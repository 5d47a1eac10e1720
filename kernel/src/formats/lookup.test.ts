import { describe, expect, test } from 'vitest';
import { encodeArray } from './arrays';
import { encoder } from './codec';
import { isLookedUp, lookUpFloats } from './lookup';
import { FORMATS } from './table';

const COUNT = 2 ** 16;

/** Words around each place where a rounding could change: all upper halves, with lower ones near 0. */
function boundaries(): Float32Array {
  const lower = [0, 1];
  const words = new Uint32Array(COUNT * lower.length);
  for (let half = 0; half < COUNT; half++) {
    lower.forEach((low, i) => (words[half * lower.length + i] = ((half << 16) | low) >>> 0));
  }
  return new Float32Array(words.buffer);
}

describe('looked-up codes', () => {
  const formats = Object.values(FORMATS).flatMap((format) =>
    format.kind === 'float' && format.subnormals && format.precision > 1 ? [format] : [],
  );
  const narrow = formats.filter((format) => isLookedUp(format, COUNT));

  test('are those of the narrow formats alone', () => {
    const ids = narrow.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['e4m3', 'e5m2', 'e2m1', 'e3m2', 'e2m3']));
    expect(ids).not.toContain('bf16');
    expect(narrow.every((format) => !isLookedUp(format, 100))).toBe(true);
  });

  test.each(narrow.flatMap((format) => [false, true].map((saturate) => ({ format, saturate }))))(
    'are what rounding gives one by one: $format.id, saturating: $saturate',
    ({ format, saturate }) => {
      const values = boundaries();
      const codes = lookUpFloats(format, values, new Uint8Array(values.length), saturate);
      const array = encodeArray(format, values, { saturate });
      expect(array).toBeInstanceOf(Uint8Array);
      expect(array).toHaveLength(codes.length);
      const one = encoder(format, { saturate });
      const wrong = values.findIndex(
        (value, i) => array[i] !== codes[i] || one(value) !== codes[i],
      );
      expect(wrong < 0 ? undefined : [values[wrong], codes[wrong], array[wrong]]).toBeUndefined();
    },
  );
});
