import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

describe('%seed', () => {
  it('sets a seed, tells it, and takes it back', async () => {
    expect((await record('%seed 42')).calls).toEqual([{ name: 'setSeed', args: [42] }]);
    expect((await record('%seed')).calls).toEqual([{ name: 'describeSeed', args: [] }]);
    expect((await record('%seed off')).calls).toEqual([{ name: 'clearSeed', args: [] }]);
  });

  it.each(['-1', '1.5', 'on', '99999999999999999'])('refuses %s', (word) => {
    expect(refusal(`%seed ${word}`)).toContain(
      'Allowed: whole numbers from 0 to 2^53 - 1, and off',
    );
  });
});
