import { describe, expect, it } from 'vitest';
import { samplePrecisionTable } from '../samples.fixture';
import { costsOf, frontLine, frontOf, pointText, silenceText, worthsOf } from './front';
import { scoreChangeText, scoreIntervalText } from './score-words';
import { precisionTable, type PrecisionRow, type PrecisionTable, type ScoreTest } from './table';
import { precisionVerdict } from './verdict';

const [fp32, fp16, bf16, int8] = samplePrecisionTable.rows as [
  PrecisionRow,
  PrecisionRow,
  PrecisionRow,
  PrecisionRow,
];

const test = (difference: number, low: number, high: number, p: number): ScoreTest => ({
  test: 'mcnemar',
  difference,
  interval: [low, high],
  p,
});
const same = test(-0.0028, -0.014, 0.0076, 0.75);
const lower = test(-0.0167, -0.0301, -0.0042, 0.012);
const higher = test(0.0167, 0.0042, 0.0301, 0.012);

const table = (rows: readonly PrecisionRow[], more: Partial<PrecisionTable> = {}) => ({
  ...samplePrecisionTable,
  rows: [...rows],
  ...more,
});

describe('the words of a score', () => {
  const said = (scoreTest: ScoreTest | undefined, more: Partial<PrecisionTable> = {}): string => {
    const row = { ...int8, scoreTest };
    return scoreChangeText(row, table([fp32, row], more));
  };

  it('say which side a difference is on, and never that a gain is a loss', () => {
    expect(said(lower)).toBe('1.7 pt lower (0.4 to 3.1), p = 0.012');
    expect(said(higher)).toBe('1.7 pt higher (0.4 to 3.1), p = 0.012');
  });

  it('say that nothing is shown, and how much may be', () => {
    expect(said(same)).toBe('not distinguishable (−1.4 to +0.8 pt), p = 0.75');
    expect(said(test(0, -0.0106, 0.0106, 1))).toBe('not distinguishable (−1.1 to +1.1 pt), p = 1');
  });

  it('of a loss are in its own unit', () => {
    const loss: ScoreTest = { ...test(0.0123, 0.004, 0.0201, 0.0004), test: 'bootstrap' };
    expect(said(loss, { metric: 'loss' })).toBe('0.012 higher (0.004 to 0.021), p < 0.001');
  });

  it('of a table that tested nothing say so', () => {
    expect(said(undefined)).toBe('1.4 pt lower, not tested');
    expect(scoreChangeText(fp32, table([fp32, int8]))).toBe('baseline');
  });

  it('round an interval outward, to digits that it bears', () => {
    const row = { ...int8, scoreInterval: [0.93263, 0.97443] as [number, number] };
    expect(scoreIntervalText(row, table([row]))).toBe('93.2–97.5%');
    expect(scoreIntervalText(int8, table([int8]))).toBeUndefined();
  });
});

describe('the front', () => {
  it('is of the formats that no other beats, and offers only what was measured', () => {
    const rows = [fp32, fp16, { ...bf16, score: 0.98 }, int8];
    const front = frontOf(table(rows), 'bytes', 'score');
    // fp16 takes as much as bf16 and is right less often, and fp32 more than bf16.
    expect(frontLine(front).map(({ format }) => format)).toEqual(['int8', 'bf16']);
    expect(costsOf(table(rows))).toEqual(['bytes', 'time', 'energy']);
    expect(costsOf(table([fp32, fp16]))).toEqual(['bytes']);
    expect(worthsOf(table(rows))).toEqual(['score', 'sqnr']);
    expect(worthsOf(table(rows, { metric: 'none' }))).toEqual(['sqnr']);
  });

  it('leaves simulated formats out of time and energy, in words', () => {
    const all = table([fp32, fp16, bf16, int8]);
    const front = frontOf(all, 'time', 'score');
    expect(front.points.map(({ format }) => format)).toEqual(['fp32', 'bf16', 'int8']);
    expect(silenceText(front, all)).toBe('Simulated here, so without time to draw: fp16.');
    expect(silenceText(frontOf(all, 'bytes', 'score'), all)).toBe('');
  });

  it('takes less of a loss for better', () => {
    const rows = [
      { ...fp32, score: 0.5 },
      { ...int8, score: 0.4 },
    ];
    const front = frontOf(table(rows, { metric: 'loss' }), 'bytes', 'score');
    expect(frontLine(front).map(({ format }) => format)).toEqual(['int8']);
  });

  it('says a point in words', () => {
    const all = table([fp32, int8]);
    const front = frontOf(all, 'bytes', 'score');
    expect(front.points.map((point) => pointText(point, front, all))).toEqual([
      'fp32: 9.46 MB (1.00x), accuracy 97.22%, on the front',
      'int8: 2.38 MB (0.25x), accuracy 95.83%, on the front',
    ]);
  });
});

describe('the verdict', () => {
  const rows = (scoreTest: ScoreTest): readonly PrecisionRow[] => [
    fp32,
    { ...fp16, scoreTest: same },
    { ...bf16, scoreTest: same },
    { ...int8, scoreTest, next: '%quantize int8 model --as small' },
  ];

  it('puts the fastest format forward that is not shown to be worse', () => {
    expect(precisionVerdict(table(rows(same)))).toEqual({
      sentence:
        'int8 is on the front: 0.25x the bytes, 2.28x as fast, accuracy not distinguishable from fp32 on 360 samples (p = 0.75).',
      tone: 'good',
      format: 'int8',
      cost: 'time',
      next: '%quantize int8 model --as small',
    });
  });

  it('passes over one that is worse, and says of a simulated one that nothing is known of its time', () => {
    expect(precisionVerdict(table(rows(lower)))).toMatchObject({
      sentence:
        'fp16 is on the front: 0.50x the bytes, simulated here, so that nothing is said of its time, accuracy not distinguishable from fp32 on 360 samples (p = 0.75).',
      format: 'fp16',
      cost: 'bytes',
    });
  });

  it('says a gain as a gain', () => {
    const { sentence } = precisionVerdict(table(rows(higher)));
    expect(sentence).toContain('accuracy 1.7 pt higher than fp32 (95% interval 0.4 to 3.1)');
  });

  it('names the nearest where all are worse, and proposes nothing', () => {
    const all = [fp32, { ...int8, scoreTest: lower, next: '%quantize int8 model' }];
    expect(precisionVerdict(table(all))).toEqual({
      sentence:
        "No format keeps fp32's accuracy: nearest is int8, accuracy 1.7 pt lower than fp32 (95% interval 0.4 to 3.1), at 0.25x the bytes.",
      tone: 'problem',
      cost: 'bytes',
    });
  });

  it('says how much so few samples may hide', () => {
    const row = { ...int8, scoreTest: test(0, -0.28, 0.28, 1) };
    const { sentence, tone } = precisionVerdict(table([fp32, row], { samples: 10 }));
    expect(tone).toBe('caution');
    expect(sentence).toContain(
      'on 10 samples (p = 1); so few samples leave room for up to 28 pt less.',
    );
  });

  it('goes by the outputs where there are no labels', () => {
    const bare = { score: null };
    const all = table(
      [
        { ...fp32, ...bare },
        { ...int8, ...bare },
      ],
      { metric: 'none' },
    );
    expect(precisionVerdict(all)).toMatchObject({
      sentence:
        'int8 is on the front: 0.25x the bytes, 2.28x as fast, SQNR 31.4 dB (no labels, so no accuracy).',
      tone: 'caution',
    });
  });

  it('counts no time of invalid trials', () => {
    const trials = { valid: false, verdict: 'INVALID because of load', rounds: 5 };
    const { sentence, tone } = precisionVerdict(table(rows(same), { trials }));
    expect(sentence).toMatch(/^No time or energy counts here, for the trials are invalid\. int8 /);
    expect(sentence).not.toContain('as fast');
    expect(tone).toBe('caution');
  });

  it('of a table of an older Halfnote goes by points of accuracy, and says that nothing was tested', () => {
    const { sentence } = precisionVerdict(samplePrecisionTable);
    expect(sentence).toContain('the same accuracy as fp32');
  });

  it('takes no format whose loss nobody tested and whose outputs are far off', () => {
    const loss = { ...int8, score: 90, sqnrDb: 3 };
    const all = table([{ ...fp32, score: 0.1 }, loss], { metric: 'loss', samples: 8 });
    expect(precisionVerdict(all)).toMatchObject({
      sentence:
        "No format keeps fp32's loss: nearest is int8, loss 90 higher than fp32 (not tested), at 0.25x the bytes.",
      tone: 'problem',
    });
    const near = table(
      [
        { ...fp32, score: 0.1 },
        { ...loss, score: 0.11, sqnrDb: 40 },
      ],
      {
        metric: 'loss',
        samples: 8,
      },
    );
    expect(precisionVerdict(near)).toMatchObject({ format: 'int8', tone: 'caution' });
  });

  it('has no share of the bytes of a model without weights', () => {
    const [a, b] = [fp32, { ...int8, scoreTest: lower }].map((r) => ({ ...r, weightBytes: 0 }));
    if (a && b) expect(precisionVerdict(table([a, b])).sentence).not.toMatch(/NaN|bytes/);
  });

  it('says where nothing costs less, or nothing was compared', () => {
    const wide = { ...bf16, weightBytes: fp32.weightBytes, scoreTest: same };
    expect(precisionVerdict(table([fp32, wide])).sentence).toBe(
      'Nothing here costs less than fp32: bf16 is neither smaller nor shown to be faster.',
    );
    expect(precisionVerdict(table([fp32])).sentence).toBe(
      'Only fp32 was run: there is nothing to compare it with.',
    );
  });
});

it('old payloads and new ones are valid, and a p value beyond 1 is not', () => {
  const parsed = (scoreTest: ScoreTest | undefined) =>
    precisionTable.safeParse(
      JSON.parse(
        JSON.stringify(
          table([
            { ...fp32, sqnrDb: 'Infinity' },
            { ...int8, scoreTest },
          ]),
        ),
      ) as unknown,
    ).success;
  expect([parsed(undefined), parsed(same), parsed({ ...same, p: 1.5 })]).toEqual([
    true,
    true,
    false,
  ]);
});
