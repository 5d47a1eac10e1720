import { describe, expect, it } from 'vitest';
import { KV_CACHE } from './7-kv-cache';
import { failuresOfReferences, toldOfMistakes, untranslated } from './5-mistakes.fixture';

describe('the checks of assignment 7', () => {
  it.each(toldOfMistakes(KV_CACHE))(
    '$id refuses a mistake with its hint: $expected',
    ({ expected, failure }) => {
      expect(failure?.hint?.en).toBe(expected);
    },
  );

  it('take what is right', () => {
    expect(failuresOfReferences(KV_CACHE)).toEqual([]);
  });

  it('speak both languages', () => {
    expect(untranslated(KV_CACHE)).toEqual([]);
  });
});
