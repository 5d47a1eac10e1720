import { describe, expect, it } from 'vitest';
import { sampleGradientRanges, sampleLayer, sampleTimedRanges } from '../samples.fixture';
import { gradientRanges, type GradientRanges } from './schema';
import { atSlot, lostOf, slotName, statsOverTime } from './time';
import { rangeVerdict } from './verdict';

const FP16 = sampleTimedRanges.formats[0];
if (FP16 === undefined) throw new Error('no format');
const format = FP16;
const { time } = sampleTimedRanges;
if (time === undefined) throw new Error('no time');

/** One layer around 2^center, recorded in `of` at a loss scale of `value`. */
function recorded(
  center: number,
  of: string,
  value: number,
  more: Partial<GradientRanges['lossScale']> & { zeros?: number } = {},
): GradientRanges {
  const { zeros = 0, ...scale } = more;
  return {
    ...sampleGradientRanges,
    format: of,
    layers: [sampleLayer('dense', center, 2, [64, 64], zeros)],
    lossScale: { ...sampleGradientRanges.lossScale, value, suggested: 2 ** 16, ...scale },
  };
}

describe('a payload with a time axis', () => {
  it('is refused where a layer has other counts than its slots', () => {
    expect(gradientRanges.safeParse(sampleTimedRanges).success).toBe(true);
    const problem = (changed: Partial<typeof time>): string | undefined =>
      gradientRanges.safeParse({ ...sampleTimedRanges, time: { ...time, ...changed } }).error
        ?.issues[0]?.message;
    const adds = 'each layer has its counts in each slot, which add up to its own';
    const [first, ...others] = time.layers;
    if (first === undefined) throw new Error('no layer');
    expect(problem({ layers: others })).toBe(adds);
    expect(problem({ slots: time.slots.slice(1) })).toBe(adds);
    expect(problem({ layers: [{ ...first, zero: [1, 0, 0, 0] }, ...others] })).toBe(adds);
    expect(problem({ layers: [{ ...first, nan: [0] }, ...others] })).toBe(adds);
  });

  it('is read slot by slot, each at its own loss scale', () => {
    const later = atSlot(sampleTimedRanges, 3);
    expect(gradientRanges.safeParse(later).error).toBeUndefined();
    expect(later).toMatchObject({ recordedSteps: 20, lossScale: { value: 1024 } });
    expect(atSlot(sampleTimedRanges, 9)).toBe(sampleTimedRanges);
    const shares = statsOverTime(sampleTimedRanges, 0, format).map(({ underflow }) => underflow);
    // At 2^10 fp16 holds what is above 2^-35.
    expect(shares[0]).toBe(0);
    expect(shares[3]).toBeGreaterThan(0.5);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(lostOf(sampleTimedRanges, 0, format).underflow).toBeCloseTo(mean, 3);
  });

  it('names its slots by their steps', () => {
    expect(time.slots.map(slotName)[1]).toBe('steps 20–39');
    expect(slotName({ firstStep: 1000, lastStep: 1000, recordedSteps: 1, scale: 1 })).toBe(
      'step 1,000',
    );
  });
});

describe('the verdict', () => {
  it('names the layer that loses most at the scales in force, and when it got so bad', () => {
    const small = {
      ...sampleTimedRanges,
      layers: sampleTimedRanges.layers.slice(0, 1),
      time: { ...time, layers: time.layers.slice(0, 1) },
    };
    expect(rangeVerdict(small)).toEqual({
      sentence: expect.stringMatching(
        /^In fp16 at loss scales from 1024 \(2¹⁰\) to 65536 \(2¹⁶\), 1\d\.\d% of the gradients of dense_1\/kernel become zero; the share went from 0% in steps 0–19 to 59\.4% in steps 60–79\.$/,
      ) as string,
      tone: 'problem',
      next: "import { setLossScaler } from 'halfnote'; setLossScaler(65536);",
    });
  });

  it('tells from when on nothing overflows, and proposes nothing for what is over', () => {
    const large = {
      ...sampleTimedRanges,
      layers: sampleTimedRanges.layers.slice(1),
      time: { ...time, layers: time.layers.slice(1) },
    };
    expect(rangeVerdict(large)).toEqual({
      sentence: expect.stringMatching(
        /, up to 25\.0% of the gradients of dense_2\/kernel may be lost: <0\.01% overflow for certain, the others are zeros that may have been small values; from step 20 on none overflow\.$/,
      ) as string,
      tone: 'caution',
    });
  });

  it('does not take zeros for losses, nor for what was small for sure', () => {
    const zeros = recorded(-10, 'fp16', 1024, { zeros: 0.4 });
    expect(rangeVerdict(zeros)).toEqual({
      sentence:
        'In fp16 at loss scale 1024 (2¹⁰), up to 40.0% of the gradients of dense may be lost: zeros that may have been small values.',
      tone: 'caution',
      next: "import { setLossScaler } from 'halfnote'; setLossScaler(65536);",
    });
    expect(
      rangeVerdict({ ...zeros, lossScale: { ...zeros.lossScale, suggested: 1024 } })?.next,
    ).toBe('%explain model --data x,y');
  });

  it('puts zeros that may be 40% lost before a few values that overflow, and says which is certain', () => {
    const zeros = recorded(-10, 'fp16', 1, { zeros: 0.4 });
    const few = { ...sampleLayer('head', -10, 2, [64, 64]), inf: 1 };
    few.count += 1;
    const both = { ...zeros, layers: [few, ...zeros.layers] };
    expect(rangeVerdict(both)).toMatchObject({
      sentence:
        'In fp16 without loss scaling, up to 40.0% of the gradients of dense may be lost: zeros that may have been ' +
        'small values; for certain, <0.01% of those of head overflow.',
      tone: 'caution',
    });
    const [layer] = zeros.layers;
    if (layer === undefined) throw new Error('no layer');
    const own = { ...zeros, layers: [{ ...layer, inf: 1, count: layer.count + 1 }] };
    expect(rangeVerdict(own)?.sentence).toMatch(
      /up to 40\.0% of the gradients of dense may be lost: <0\.01% overflow for certain, the others are zeros that may have been small values\.$/,
    );
    const many = { ...few, inf: few.count, count: 2 * few.count };
    expect(rangeVerdict({ ...zeros, layers: [...zeros.layers, many] })?.sentence).toMatch(
      /50\.0% of the gradients of head overflow\.$/,
    );
  });

  it('says of gradients that lose nothing what fp16 would make of them', () => {
    expect(rangeVerdict(recorded(-30, 'bf16', 1))).toEqual({
      sentence: expect.stringMatching(
        /^In bf16, none of the gradients are lost; in fp16 9\d\.\d% of those of dense would be, at loss scale 65536 \(2¹⁶\) none\.$/,
      ) as string,
      tone: 'good',
      next: '%precision fp16',
    });
    expect(rangeVerdict(recorded(-3, 'bf16', 1))?.sentence).toBe(
      'In bf16, none of the gradients are lost, and none would be in fp16.',
    );
    expect(rangeVerdict(recorded(-3, 'fp16', 1))).toEqual({
      sentence: 'In fp16 without loss scaling, none of the gradients are lost.',
      tone: 'good',
    });
  });

  it('proposes a wider format where no scale helps', () => {
    expect(rangeVerdict(recorded(14, 'fp16', 1, { suggested: 1 }))?.next).toBe('%precision bf16');
    expect(rangeVerdict(recorded(3, 'fp16', 2 ** 14, { suggested: 64 }))?.next).toContain('(64)');
  });

  it('is none where nothing is recorded or nothing is known of the format', () => {
    expect(rangeVerdict({ ...sampleGradientRanges, layers: [] })).toBeUndefined();
    expect(rangeVerdict({ ...sampleGradientRanges, format: 'posit8' })).toBeUndefined();
  });
});
