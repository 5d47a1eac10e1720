import { describe, expect, it } from 'vitest';
import { LINEAR_QUANTIZATION } from './5-linear-quantization';
import { failuresOfReferences, toldOfMistakes, untranslated } from './5-mistakes.fixture';

describe('the checks of assignment 5', () => {
  it.each(toldOfMistakes(LINEAR_QUANTIZATION))(
    '$id refuses a mistake with its hint: $expected',
    ({ expected, failure }) => {
      expect(failure?.hint?.en).toBe(expected);
    },
  );

  it('take what is right', () => {
    expect(failuresOfReferences(LINEAR_QUANTIZATION)).toEqual([]);
  });

  it('speak both languages', () => {
    expect(untranslated(LINEAR_QUANTIZATION)).toEqual([]);
  });
});
