import { afterEach, describe, expect, it, vi } from 'vitest';
import { HOST, type DisplayOutput } from '../host';
import { SlowProgress } from './slow-progress';

const outputs: DisplayOutput[] = [];
const place = globalThis as { [HOST]?: { display(output: DisplayOutput): void } | undefined };

/** A minute of work in `steps` steps, or a part of it. */
function work(steps: number, milliseconds: number): string[] {
  place[HOST] = { display: (output) => outputs.push(output) };
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const progress = new SlowProgress('Calibrating net', steps);
  for (let step = 1; step <= steps; step++) {
    now += milliseconds / steps;
    progress.advance(`layer ${step}`);
  }
  return outputs.map(({ data }) => String(data['text/plain']));
}

describe('the progress of work that may be over at once', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    place[HOST] = undefined;
    outputs.length = 0;
  });

  it('shows nothing of work that takes less than a second', () => {
    expect(work(20, 900)).toEqual([]);
  });

  it('shows longer work from where it is, to the end', () => {
    const shown = work(20, 10_000);
    expect(shown[0]).toMatch(/^Calibrating net .* 0\/20/);
    expect(shown.at(-1)).toMatch(/^Calibrating net █{24} 20\/20 .* layer 20$/);
    expect(shown.length).toBeGreaterThan(10);
  });
});
