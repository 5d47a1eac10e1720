import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureBackend } from '../../start';
import { HOST, type DisplayOutput, type Host } from '../../host';
import { VERDICT_MIME } from '../../studies/claim-verdict';
import { SHORT_FORM } from '../../studies/short-form';
import { makeReport } from '../make/make-report';
import { factsOf, trialOf } from '../report.fixture';
import { RESULT_MIME } from './record-result';
import { recordVerdict } from './record-verdict';

const place = globalThis as { [HOST]?: Host | undefined };
let shown: DisplayOutput[] = [];

beforeAll(() => ensureBackend());

beforeEach(() => {
  shown = [];
  const display = (output: DisplayOutput): void => void shown.push(output);
  place[HOST] = { display } as unknown as Host;
});

afterEach(() => {
  place[HOST] = undefined;
  Reflect.deleteProperty(process.env, SHORT_FORM);
});

const SAVED = [0.748, 0.746, 0.749, 0.747, 0.748];

describe('a recorded verdict', () => {
  it('says the claim, the verdict, the figure and what bears the claim out', () => {
    const verdict = recordVerdict('int8-memory', SAVED, { subject: 'perceptron' });
    expect(verdict).toMatchObject({ verdict: 'confirmed', trials: 5, unit: '%' });
    const text = String(shown[0]?.data['text/plain']);
    expect(text).toMatch(/^“int8 takes 75% less .*” \(perceptron\) confirmed\.\n/);
    expect(text).toMatch(/74\.8% \(74\.6% to 74\.9%, 5 trials\)\. The claim holds for /);
    expect(shown[0]?.data[RESULT_MIME]).toEqual({
      name: 'int8-memory, perceptron',
      value: expect.closeTo(74.76, 9) as number,
      unit: '%',
    });
    expect(shown[0]?.data[VERDICT_MIME]).toEqual(verdict);
  });

  it('stands in the report of its notebook', () => {
    recordVerdict('int8-memory', SAVED);
    const outputs = [{ output_type: 'display_data', data: shown[0]?.data ?? {} }];
    const trial = trialOf();
    const [first, ...others] = trial.cells;
    if (first === undefined) throw new Error('The fixture has no cell.');
    const cells = [{ ...first, outputs }, ...others];
    const report = makeReport(factsOf([{ ...trial, cells }]));
    expect(report.verdicts).toMatchObject([
      { claim: 'int8-memory', verdict: 'confirmed', cell: 1 },
    ]);
    expect(report.results).toContainEqual(expect.objectContaining({ name: 'int8-memory' }));
    expect(makeReport(factsOf([trial])).verdicts).toBeUndefined();
  });

  it('is not kept in the short form, which takes two trials', () => {
    expect(() => recordVerdict('int8-memory', [0.74, 0.75])).toThrow(
      /verdict on "int8-memory" has 2 trials; allowed: 5 or more/,
    );
    process.env[SHORT_FORM] = '1';
    recordVerdict('int8-memory', [0.74, 0.75]);
    expect(String(shown[0]?.data['text/plain'])).toContain('Short form: no verdict that is kept.');
    expect(shown[0]?.data).not.toHaveProperty(VERDICT_MIME);
  });

  it('refuses a claim that there is not, and names the nearest', () => {
    expect(() => recordVerdict('int8-sped', SAVED)).toThrow(
      /^The claim is 'int8-sped'; allowed: .*\nDid you mean 'int8-speed'\?/s,
    );
  });
});
