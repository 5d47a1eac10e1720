import type { RangeLayer } from '../../payloads/ranges/schema';
import { onWire } from '../../payloads/precision/comparison-text';
import type { PrecisionTable } from '../../payloads/precision/table';
import {
  sampleGradientRanges,
  sampleLayer,
  samplePrecisionTable,
} from '../../payloads/samples.fixture';
import { fromSamples } from '../../quantities/make';
import { welch } from '../../quantities/welch';
import { richReport } from '../export/report.fixture';
import { sampleReport } from '../report.fixture';
import type { Report } from '../schema';

/** As tfjs names variables: longer than a column, without a space to break at. */
const LONG_NAME = 'batch_normalization_BatchNormalization12/moving_variance';

const VERDICT = {
  cell: 8,
  claim: 'int8-speed',
  subject: '',
  verdict: 'not here' as const,
  because: 'undecided: the interval of 7 trials reaches over an end of 4x to 6x',
  value: 4.1,
  low: 3.9,
  high: 4.3,
  coverage: 0.95,
  trials: 7,
  unit: 'x' as const,
};

/** Everything that a report can hold, with every kind of view, each as wide as it gets. */
export function fullReport(): Report {
  const rich = richReport();
  return {
    ...rich,
    results: [...rich.results, ...rich.results.map((result) => ({ ...result, name: LONG_NAME }))],
    checklist: sampleReport().checklist,
    settings: { ...rich.settings, notebook: `${'../long-folder-name'.repeat(12)}/a.ipynb` },
    verdict: {
      valid: false,
      reasons: ['load of others', `the input ${LONG_NAME.repeat(4)}`],
      remarks: ['the clock was set back by 3600 s'],
    },
    verdicts: [
      { ...VERDICT, subject: LONG_NAME },
      { ...VERDICT, verdict: 'confirmed', because: '' },
    ],
    precisionTables: [
      { cell: 5, table: samplePrecisionTable },
      { cell: 6, table: withTrials() },
    ],
    gradientRanges: [{ cell: 7, ranges: { ...sampleGradientRanges, layers: layers() } }],
  };
}

/** Every kind that is counted, and figures with as many digits as they can have. */
function layers(): RangeLayer[] {
  const kinds = { gradient: 0, weight: 0, activation: 0, 'activation-gradient': 0 };
  return (Object.keys(kinds) as (keyof typeof kinds)[]).flatMap((kind) =>
    [LONG_NAME, 'conv2d_Conv2D1/kernel'].map((name) => ({
      ...sampleLayer(name, -24, 6, [3, 3, 1024, 2048], 0.2222),
      kind,
      inf: 123_456,
      nan: 123_456,
      count: sampleLayer(name, -24, 6, [3, 3, 1024, 2048], 0.2222).count + 246_912,
    })),
  );
}

function withTrials(): PrecisionTable {
  const seconds = [0.0101, 0.0102, 0.0099, 0.0105];
  return {
    ...samplePrecisionTable,
    trials: { valid: true, verdict: 'VALID', rounds: 4 },
    rows: samplePrecisionTable.rows.map((row, i) => {
      const durationS = fromSamples(
        seconds.map((s) => s / (i + 1)),
        { method: 'counter' },
      );
      const compared = onWire(
        welch(
          seconds,
          seconds.map((s) => s / (i + 1)),
        ),
      );
      return {
        ...row,
        against: 'fp32',
        trials: {
          count: seconds.length,
          durationS,
          energyJ: { ...durationS, complete: false },
          machineJ: { ...durationS, complete: false },
          against: i === 0 ? null : { durationS: compared, energyJ: compared },
        },
      };
    }),
  };
}
