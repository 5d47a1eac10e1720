import { describe, expect, it } from 'vitest';
import { invalid } from '../../energy/trials/checks/check';
import { measureVariants } from '../../energy/trials/measure';
import {
  SimulatedMachine,
  type SimulatedOptions,
} from '../../energy/trials/simulated-machine.fixture';
import { JUPYTER_DISPLAY } from '../../host';
import { measureTrials } from './measure-trials';
import { Measurement } from './measurement';

async function simulated(
  watts: Readonly<Record<string, number>>,
  options: SimulatedOptions = {},
  trials = 10,
): Promise<Measurement> {
  const machine = new SimulatedMachine({ idleW: 20, ...options });
  let runs = 0;
  const variants = Object.entries(watts).map(([name, power]) => ({
    name,
    run: () => {
      machine.work(0.01 * (1 + 0.05 * Math.sin(++runs * 78.233)), power);
    },
  }));
  return new Measurement(await measureVariants(variants, { trials }, machine));
}

describe('a measurement as a notebook shows it', () => {
  it('begins with the verdict, and gives joules of one run with their interval', async () => {
    const text = String(await simulated({ work: 100 }));
    expect(text.split('\n')[0]).toMatch(
      /^VALID: one run takes .* ms .* and 1\.000\d+ J .*, attributed\.$/,
    );
    expect(text).toMatch(/work +\d+\.\d+ ms \(.*–.*\) +1\.000\d+ J \(1\.000\d+–1\.000\d+\)/);
    expect(text).toContain('10 rounds of trials');
    expect(text).toContain('a simulated counter (counter)');
    expect(text).toContain('The machine drew 20.0000 W without the work.');
    expect(text).not.toContain('Against');
  });

  it('compares variants with the first, and says where no difference is shown', async () => {
    const measurement = await simulated({ fp32: 100, 'bf<16>': 60, again: 100 });
    const bundle = measurement[JUPYTER_DISPLAY]();
    expect(bundle['text/plain']).toMatch(
      /bf<16> +no difference shown.*lower: 0\.60\d* times \(0\.5\d+–0\.6\d+\)/,
    );
    expect(bundle['text/plain']).toContain('again   no difference shown');
    expect(bundle['text/html']).toContain('bf&lt;16&gt;');
    expect(measurement.comparison('again')?.energyJ?.verdict).toBe('no difference shown');
    expect(measurement.figures()).toBeUndefined();
    expect(measurement.figures('fp32')?.trials).toBe(10);
  });

  it('knows no scatter of a single trial', async () => {
    const row = async (trials: number): Promise<string> =>
      /work .*/.exec(String(await simulated({ work: 100 }, {}, trials)))?.[0] ?? '';
    expect(await row(10)).toContain('%');
    expect(await row(1)).not.toContain('%');
  });

  it('says first why it is invalid, and what the machine does not tell', async () => {
    const watched = {
      findings: [
        invalid('steal', 'the host gave 12.0 % of this machine.'),
        { concern: 'turbo', severity: 'warning', detail: 'turbo is on.' } as const,
      ],
      unknown: ['throttling', 'battery'] as const,
    };
    const measurement = await simulated({ work: 100 }, { watched });
    const lines = String(measurement).split('\n');
    expect(measurement.valid).toBe(false);
    expect(lines[0]).toBe('INVALID because steal: the host gave 12.0 % of this machine');
    expect(lines).toContain('* Turbo: turbo is on.');
    expect(lines).toContain('* Not told by this machine: throttling, battery.');
  });
});

describe('measureTrials', () => {
  it('measures a function on this machine, with all trials in the result', async () => {
    let runs = 0;
    const work = (): void => {
      for (let i = 0; i < 1e4; i++) runs += Math.sqrt(i) > 50 ? 0 : 1e-4;
      runs = Math.floor(runs) + 1;
    };
    const measurement = await measureTrials(work, { trials: 2, coolDownS: 0.01 });
    const { trials } = measurement.result;
    expect(trials).toHaveLength(2);
    const counted = trials.reduce((sum, trial) => sum + trial.runs, 0);
    expect(measurement.figures()).toMatchObject({ name: 'work', trials: 2, runs: counted });
    for (const { window, durationS } of trials) {
      expect(window.name).toBe('trial of work');
      expect(durationS).toBeGreaterThan(0.19);
      expect(window.durationS).toBeGreaterThanOrEqual(durationS);
    }
    expect(measurement.figures()?.durationS.value).toBeGreaterThan(0);
  });

  it.each([
    [5, 'The work is 5; it must be a function'],
    [[() => 0], 'The work is [ [Function (anonymous)] ]'],
    [{ a: () => 0, b: 'x' }, `The work "b" is 'x'`],
    [{}, 'nothing to measure'],
  ])('refuses %o', async (work, message) => {
    await expect(measureTrials(work as never)).rejects.toThrow(message);
  });
});
