import { describe, expect, it } from 'vitest';
import { codeBytes, fromBytes, toBytes } from './code-bytes';
import { newCodes } from './codes';
import { differences, generator, python } from './ml-dtypes.fixture';

describe('codes as bytes', () => {
  const random = generator(12);
  const codesOf = (bits: number, count: number) =>
    newCodes({ bits }, count).map(() => random() % 2 ** bits);

  it.each([3, 4, 6, 8, 16, 19])('of %i bits come back, for every count', (bits) => {
    for (let count = 0; count < 30; count++) {
      const codes = codesOf(bits, count);
      const bytes = toBytes(codes, bits);
      expect(bytes).toHaveLength(codeBytes(count, bits));
      expect([...fromBytes(bytes, bits, count)]).toEqual([...codes]);
    }
  });

  it.each([8, 16, 19])('of %i bits lie as NumPy packs bits, lowest first', (bits) => {
    const codes = codesOf(bits, 801);
    const expected = python(
      `c = get(np.uint32)\nput(np.packbits(((c[:, None] >> np.arange(${bits})) & 1).astype(np.uint8).reshape(-1), bitorder='little'))`,
      Uint32Array.from(codes),
    );
    expect(differences(toBytes(codes, bits), expected)).toEqual([]);
  });
});
