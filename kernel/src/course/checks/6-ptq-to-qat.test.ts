import { describe, expect, it } from 'vitest';
import { PTQ_TO_QAT } from './6-ptq-to-qat';
import { failuresOfReferences, toldOfMistakes, untranslated } from './5-mistakes.fixture';

describe('the checks of assignment 6', () => {
  it.each(toldOfMistakes(PTQ_TO_QAT))(
    '$id refuses a mistake with its hint: $expected',
    ({ expected, failure }) => {
      expect(failure?.hint?.en).toBe(expected);
    },
  );

  it('take what is right', () => {
    expect(failuresOfReferences(PTQ_TO_QAT)).toEqual([]);
  });

  it('speak both languages', () => {
    expect(untranslated(PTQ_TO_QAT)).toEqual([]);
  });
});
