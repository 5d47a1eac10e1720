import { describe, expect, it } from 'vitest';
import { fromSamples } from '../../quantities/make';
import { welch } from '../../quantities/welch';
import type { PrecisionRow } from '../../payloads/precision/table';
import { onWire } from '../../payloads/precision/comparison-text';
import { remarks } from './remarks';

const FP32 = [1, 1.1, 0.9, 1.05];

function row(format: string, seconds: readonly number[], speedup: number): PrecisionRow {
  const isBaseline = format === 'fp32';
  return {
    format,
    execution: 'native',
    engine: 'an engine',
    note: '',
    latencyS: { median: 1, p95: 1, runs: 4 },
    throughputPerS: 1,
    speedup,
    against: 'fp32',
    weightBytes: 4,
    energyJ: null,
    co2eG: null,
    score: null,
    maxError: 0,
    sqnrDb: 'Infinity',
    literature: null,
    trials: {
      count: 4,
      durationS: fromSamples(seconds, { method: 'counter' }),
      energyJ: null,
      machineJ: null,
      against: isBaseline ? null : { durationS: onWire(welch(FP32, seconds)), energyJ: null },
    },
  };
}

describe('remarks on a table measured by trials', () => {
  it('go by what the trials show, not by the size of the factor', () => {
    const rows = [
      row('fp32', FP32, 1),
      row('bf16', [0.96, 0.965, 0.955, 0.96], 1.05),
      row('fp16', [0.1, 1.2, 0.2, 0.9], 1.7),
      row('int8', [0.5, 0.51, 0.52, 0.5], 2),
      row('int4', [2, 2.1, 2.05, 2], 0.5),
    ];
    expect(remarks(rows, 'fp32', 32)).toContain(
      'No gain in time is shown here at batch size 32, against the speed of fp32: ' +
        'bf16 1.05x (no difference shown), fp16 1.70x (no difference shown), int4 0.50x (slower).',
    );
  });
});
