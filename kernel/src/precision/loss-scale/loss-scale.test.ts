import { describe, expect, it } from 'vitest';
import { JUPYTER_DISPLAY } from '../../host';
import { DynamicLossScaler } from './dynamic';
import { NoOpLossScaler, type LossScaler } from './scaler';
import { StaticLossScaler } from './static';
import { LossScaleTrace } from './trace';

/** Scales after each step. */
function trace(scaler: LossScaler, finite: readonly boolean[]): number[] {
  let current = scaler;
  return finite.map((ok) => (current = current.adjust(ok)).scale);
}

const [ok, bad] = [true, false];

describe('DynamicLossScaler', () => {
  it('grows after an interval of finite steps and backs off at once, as torch.amp.GradScaler', () => {
    // By hand from GradScaler's documentation: growth_interval=3, growth_factor=2, backoff_factor=0.5.
    const scaler = new DynamicLossScaler({ initialScale: 8, growthInterval: 3 });
    expect(trace(scaler, [ok, ok, ok, ok, bad, ok, ok, bad, bad, ok, ok, ok, ok])).toEqual([
      8, 8, 16, 16, 8, 8, 8, 4, 2, 2, 2, 4, 4,
    ]);
  });

  it('goes on falling below 1, as those of PyTorch and Keras, and stops at a floor that is asked for', () => {
    const scaler = new DynamicLossScaler({ initialScale: 2 });
    expect(trace(scaler, [bad, bad, bad, bad])).toEqual([1, 0.5, 0.25, 0.125]);
    const smallest = new DynamicLossScaler({ initialScale: 2 ** -125 });
    expect(trace(smallest, [bad, bad, bad])).toEqual([2 ** -126, 2 ** -126, 2 ** -126]);
    const floored = new DynamicLossScaler({ initialScale: 8, minScale: 3 });
    expect(trace(floored, [bad, bad, bad])).toEqual([4, 3, 3]);
    expect([scaler.hasFloor, floored.hasFloor]).toEqual([false, true]);
  });

  it('keeps a scale that would leave fp32', () => {
    expect(
      trace(new DynamicLossScaler({ initialScale: 2 ** 127, growthInterval: 1 }), [ok]),
    ).toEqual([2 ** 127]);
  });

  it('has the defaults of PyTorch and of Keras', () => {
    expect(DynamicLossScaler.pytorch()).toMatchObject({ scale: 65536, growthTracker: 0 });
    expect(DynamicLossScaler.keras().scale).toBe(32768);
    expect(new DynamicLossScaler().options).toEqual({
      initialScale: 65536,
      growthFactor: 2,
      backoffFactor: 0.5,
      growthInterval: 2000,
      minScale: 2 ** -126,
    });
  });

  it('leaves itself as it is', () => {
    const scaler = new DynamicLossScaler({ initialScale: 8, growthInterval: 1 });
    expect(scaler.adjust(true).scale).toBe(16);
    expect(scaler.scale).toBe(8);
  });

  it('refuses options that make no sense', () => {
    expect(() => new DynamicLossScaler({ growthFactor: 1 })).toThrow(/growthFactor is 1; .* > 1/);
    expect(() => new DynamicLossScaler({ backoffFactor: 1 })).toThrow(/between 0 and 1/);
    expect(() => new DynamicLossScaler({ growthInterval: 0.5 })).toThrow(/integers > 0/);
    expect(() => new StaticLossScaler(Infinity)).toThrow(/Infinity; .* > 0/);
  });
});

describe('LossScaleTrace', () => {
  it('keeps the changes for plotting and counts the skipped steps', () => {
    const loss = new LossScaleTrace(new DynamicLossScaler({ initialScale: 8, growthInterval: 2 }));
    [ok, ok, bad, ok].forEach((finite) => {
      loss.adjust(finite);
    });
    expect(loss.history).toEqual([
      { step: 0, scale: 8 },
      { step: 2, scale: 16 },
      { step: 3, scale: 8 },
    ]);
    expect([loss.step, loss.skippedSteps, loss.scale]).toEqual([4, 1, 8]);
    expect(loss.skippedAt).toEqual([2]);
  });

  it('shows itself: the rule, the scale over the steps, and what was skipped', () => {
    const loss = new LossScaleTrace(new DynamicLossScaler({ initialScale: 8, growthInterval: 2 }));
    expect(String(loss)).toBe(
      "Loss scale 8 (2³), dynamic: x2 after 2 finite steps in a row, x0.5 after one that isn't. No step yet.",
    );
    const nan = { variable: 'head/kernel', layer: 'head', nan: 3, infinite: 0, size: 64 };
    [ok, ok, bad].forEach((finite) => {
      loss.adjust(finite, finite ? [] : [nan]);
    });
    const { 'text/plain': text, 'text/html': page } = loss[JUPYTER_DISPLAY]();
    expect(text).toMatch(/1 of 3 steps skipped[^]*2 +16 \(2⁴\) +head\/kernel: 3 NaN of 64/);
    expect(page).toContain(
      'Loss scale from 8 (2³) to 8 (2³) over 4 steps, 2 changes, 1 step skipped.',
    );
    expect(page).toContain('<td');
    expect(String(new LossScaleTrace(new StaticLossScaler(1024)))).toMatch(/1024 \(2¹⁰\), fixed/);
    expect(String(new LossScaleTrace(new NoOpLossScaler()))).toMatch(/not scaled/);
  });

  it('has nothing to tell of scalers that stay', () => {
    expect(trace(new NoOpLossScaler(), [ok, bad])).toEqual([1, 1]);
    expect(trace(new StaticLossScaler(1024), [ok, bad])).toEqual([1024, 1024]);
  });
});
