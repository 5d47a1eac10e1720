import { describe, expect, it } from 'vitest';
import { combined, exact } from './make';
import { printQuantity } from './print';

function printed(value: number, below: number, above = below, unit = 'J', complete = true): string {
  const systematic = { below, above };
  return printQuantity(combined(value, { systematic }, { method: 'counter', complete }), unit);
}

describe('a printed quantity', () => {
  it('has no more digits than its interval bears', () => {
    expect(printed(12.3456, 0.55)).toBe('12.3 J (11.7–12.9)');
    expect(printed(12.3456, 0.12)).toBe('12.35 J (12.22–12.47)');
    expect(printed(12.3456, 4)).toBe('12 J (8–17)');
    expect(printed(1234.56, 250)).toBe('1.23 kJ (0.98–1.49)');
    expect(printed(123_456, 9_000)).toBe('123 kJ (114–133)');
    expect(printed(123_456, 40_000)).toBe('0.12 MJ (0.08–0.17)');
  });

  it('takes the SI prefix of its value for the interval too', () => {
    expect(printed(0.0123, 0.0005)).toBe('12.3 mJ (11.8–12.8)');
    expect(printed(2.5e-7, 1e-8, 2e-8, 's')).toBe('250 ns (240–270)');
    expect(printed(999.96, 0.5)).toBe('1.0000 kJ (0.9994–1.0005)');
    expect(printed(5e15, 1e14)).toBe('5000 TJ (4900–5100)');
  });

  it('never fails, however small a figure or its interval', () => {
    for (const value of [0, 5e-324, 1e-300, 1e-120, 1, 1e300]) {
      for (const half of [0, 5e-324, 1e-310, 1e-200, 1e-110, 1]) {
        for (const unit of ['J', '']) {
          const text = printed(value, half, half, unit);
          expect(text).toMatch(/^\d/);
          expect(text).not.toMatch(/NaN|Infinity/);
        }
      }
    }
  });

  it('ends after six digits, and leaves an interval out that is narrower', () => {
    expect(printed(20, 4e-15)).toBe('20.0000 J');
    expect(printed(123.456789, 2e-6)).toBe('123.457 J (123.456–123.457)');
    expect(printed(0, 3e-3)).toBe('0.0 mJ (-3.0 to 3.0)');
  });

  it('rounds the ends outward', () => {
    expect(printed(10, 0.449)).toBe('10.0 J (9.5–10.5)');
    expect(printed(12, 0.2)).toBe('12.00 J (11.80–12.20)');
  });

  it('keeps a digit of a value below its own uncertainty', () => {
    expect(printed(0.4, 0.3, 2.6)).toBe('0.4 J (0.1–3.0)');
    expect(printed(0, 2)).toBe('0.0 J (-2.0 to 2.0)');
  });

  it('rounds a value to 0 that may be 0 or have either sign', () => {
    expect(printed(2e-6, 1.372e-3, 1.376e-3)).toBe('0.0 mJ (-1.4 to 1.4)');
  });

  it('writes a range with negative ends in words', () => {
    expect(printed(-0.3, 0.9)).toBe('-0.3 J (-1.2 to 0.6)');
    expect(printed(-5, 0.5)).toBe('-5.0 J (-5.5 to -4.5)');
  });

  it('says that it is incomplete', () => {
    expect(printed(12.3, 0.5, 0.5, 'J', false)).toBe('12.3 J (11.8–12.8), incomplete');
  });

  it('shows an exact figure without an interval, and prefixes only where asked', () => {
    const figure = exact(1234.5678, { method: 'counter' });
    expect(printQuantity(figure, 'J')).toBe('1.235 kJ');
    expect(printQuantity(figure, 'g/kWh', { prefix: false })).toBe('1235 g/kWh');
    expect(printQuantity(exact(0, { method: 'counter' }), 'J')).toBe('0 J');
    expect(printQuantity(figure, '')).toBe('1235');
  });

  it('leaves the interval out on request', () => {
    const systematic = { below: 0.5, above: 0.5 };
    const figure = combined(12.3456, { systematic }, { method: 'counter' });
    expect(printQuantity(figure, 'J', { interval: false })).toBe('12.3 J');
  });
});
