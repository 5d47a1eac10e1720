import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { SimulatedMachine } from '../../energy/trials/simulated-machine.fixture';
import { loadBackend } from '../../start';
import { JUPYTER_DISPLAY } from '../../host';
import { precisionTable } from '../../payloads/precision/table';
import { measureByTrials } from './by-trials';
import type { Candidate } from './candidates/candidate';
import { compare } from './compare';

beforeAll(() => {
  loadBackend();
});

function candidate(machine: SimulatedMachine, format: string, seconds: number): Candidate {
  let runs = 0;
  return {
    format,
    execution: 'native',
    engine: 'simulated',
    note: '',
    runtime: 'layers',
    weightBytes: 1,
    run: () => {
      machine.work(seconds * (1 + 0.05 * Math.sin(++runs * 12.9898)), 100);
      return tf.scalar(0);
    },
    dispose: () => undefined,
  };
}

describe('candidates measured by trials', () => {
  it('are compared with their own baseline, and shown to differ or not', async () => {
    const machine = new SimulatedMachine({ idleW: 20 });
    const [fp32, bf16, fp16] = [
      candidate(machine, 'fp32', 0.01),
      candidate(machine, 'bf16', 0.005),
      candidate(machine, 'fp16', 0.01),
    ];
    const all = [fp32, bf16, fp16] as Candidate[];
    const batch = tf.zeros([1, 1]);
    const measured = await measureByTrials(
      all,
      batch,
      { trials: 10 },
      {
        baselineOf: () => fp32,
        machine,
      },
    );
    const of = (format: string) => [...measured.of].find(([made]) => made.format === format)?.[1];
    expect(of('fp32')?.trials?.against).toBeNull();
    expect(of('bf16')?.trials?.against).toMatchObject({
      durationS: { verdict: 'lower' },
      energyJ: { verdict: 'lower' },
    });
    expect(of('bf16')?.speedup).toBeCloseTo(2, 1);
    expect(of('bf16')?.energy?.energyJ).toBeCloseTo(0.5, 2);
    expect(of('bf16')?.energy?.co2eG).toBeCloseTo(0.5 / 1e4, 6);
    expect(of('fp16')?.trials?.against?.durationS.verdict).toBe('no difference shown');
    expect(measured.trials).toEqual({ valid: true, verdict: 'VALID', rounds: 10 });
  });

  it('frees the outputs of every run', async () => {
    const machine = new SimulatedMachine();
    const batch = tf.zeros([1, 1]);
    const before = tf.memory().numTensors;
    const only = candidate(machine, 'fp32', 0.01);
    await measureByTrials([only], batch, { trials: 2 }, { baselineOf: () => only, machine });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('compare with trials', () => {
  const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [8], units: 4 })] });
  const data = { x: tf.ones([16, 8]) };

  it('gives time and energy of this machine as intervals, and the verdict first', async () => {
    const comparison = await compare(model, { formats: ['fp32', 'int4'], data, trials: 2 });
    const { payload } = comparison;
    expect(precisionTable.parse(JSON.parse(JSON.stringify(payload)))).toEqual(payload);
    const [fp32] = payload.rows;
    expect(fp32?.trials).toMatchObject({ count: 2, against: null });
    expect(fp32?.trials?.durationS.low).toBeLessThan(fp32?.trials?.durationS.high ?? 0);
    expect(payload.trials?.rounds).toBe(2);
    const text = String(comparison[JUPYTER_DISPLAY]()['text/plain']);
    expect(text).toContain('One batch, by trials');
    expect(text).toMatch(/^(VALID|INVALID because .*)$/m);
    expect(text).toMatch(/^fp32 +\d.*s \(\d/m);
    expect(text).toContain("the median of the trials' means");
  });

  it.each([
    [{ precision: 0.1 }, 'precision is an option of trials'],
    [{ budgetS: 1 }, 'budgetS is an option of trials'],
    [{ trials: 2, repeats: 3 }, "repeats doesn't go with trials"],
    [{ trials: 2, measureEnergy: false }, "measureEnergy doesn't go with trials"],
    [{ trials: -1 }, 'trials is -1; it must be "auto" or a whole number from 1'],
  ])('refuses %o', async (options, message) => {
    await expect(compare(model, { formats: ['fp32'], data, ...options })).rejects.toThrow(message);
  });
});
