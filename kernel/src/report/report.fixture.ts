import { encodeNumbers } from '../display/numbers';
import { windowOf, partOf } from '../energy/window.fixture';
import type { WindowRecord } from '../energy/journal/records';
import type { WindowEnergy } from '../energy/window';
import { MIME } from '../payloads/mime-types';
import { sampleGradientRanges, samplePrecisionTable } from '../payloads/samples.fixture';
import { makeReport, type ReportFacts } from './make/make-report';
import type { Trial } from './make/trial';
import { RESULT_MIME } from './results/record-result';

/** Reports of a notebook of two code cells that nobody ran, for tests and for looking at pages. */

export const CELLS: ReportFacts['cells'] = [
  { index: 0, id: 'title', type: 'markdown', source: '# Digits' },
  { index: 1, id: 'data', type: 'code', source: '%seed 42\nconst x = 1;' },
  { index: 2, id: 'fit', type: 'code', source: 'await model.fit(x, y);' },
];

interface TrialOptions {
  /** Joules of the two cells are these times 1 and 9. */
  readonly energy?: number;
  readonly accuracy?: number;
  readonly failure?: Trial['failure'];
  readonly method?: 'counter' | 'modelled';
  readonly session?: boolean;
  /** CPU seconds of others in each second. */
  readonly others?: number;
  readonly problems?: readonly string[];
  readonly warnings?: readonly string[];
  readonly clockStepS?: number;
}

export function trialOf(options: TrialOptions = {}): Trial {
  const { energy = 10, accuracy = 0.97, failure = null, session = true } = options;
  const startedAt = '2026-11-29T05:00:00.000Z';
  const ran = failure === null ? [1, 2] : [1];
  const windows = [
    ...ran.map((order) =>
      record(order, cellWindow(order, energy * (order === 1 ? 1 : 9), options)),
    ),
    ...(session ? [{ kind: 'window' as const, window: sessionWindow(energy, options) }] : []),
  ];
  const outputs = [
    {
      output_type: 'display_data',
      data: { [RESULT_MIME]: { name: 'accuracy', value: accuracy, unit: '' } },
    },
    {
      output_type: 'display_data',
      data: { [MIME.precisionTable]: encodeNumbers(samplePrecisionTable) },
    },
    {
      output_type: 'display_data',
      data: { [MIME.gradientRanges]: encodeNumbers(sampleGradientRanges) },
    },
  ];
  return {
    startedAt,
    cells: ran.map((order) => ({
      index: order,
      order,
      startedAt,
      durationS: 1,
      outputs: order === 2 ? outputs : [],
    })),
    windows,
    problems: [],
    warnings: options.warnings ?? [],
    clockStepS: options.clockStepS ?? 0,
    seeds: [{ seed: 42, at: startedAt }],
    failure,
  };
}

export function factsOf(trials: readonly Trial[]): ReportFacts {
  return {
    createdAt: '2026-11-29T05:10:00.000Z',
    name: 'digits.ipynb',
    cells: CELLS,
    code: { commit: '44f3da5be0c1e1a2a8b6e1f0f9f2d3c4b5a69788', dirty: false },
    inputs: [
      { kind: 'data', name: 'digits.csv', sizeBytes: 1200, hash: `sha256:${'a'.repeat(64)}` },
    ],
    versions: { halfnote: '0.1.0', node: '24.0.0' },
    lockHash: `sha256:${'b'.repeat(64)}`,
    hardware: {
      cpu: { model: 'A processor', threads: 8, tdpW: null },
      memoryBytes: 16e9,
      gpus: [],
      os: 'Linux 6.1',
    },
    settings: { notebook: 'digits.ipynb', kernel: 'halfnote', timeoutS: null },
    carbon: {
      region: 'FRA',
      pue: 1.2,
      wue: 1.8,
      embodied: { deviceKgCO2e: 300, lifetimeYears: 4 },
    },
    trials,
  };
}

/** Three trials that scatter a little. */
export function sampleReport(factor = 1, facts: Partial<ReportFacts> = {}) {
  const trials = [9.9, 10, 10.2].map((energy) => trialOf({ energy: energy * factor }));
  return makeReport({ ...factsOf(trials), ...facts });
}

function record(order: number, window: WindowEnergy): WindowRecord {
  return { kind: 'window', window, requestId: `r${order}`, executionCount: order };
}

function cellWindow(order: number, userJ: number, options: TrialOptions): WindowEnergy {
  const { problems = [], others = 0.1 } = options;
  const accountsJ = { user: userJ, halfnote: userJ / 20, rest: userJ / 2 };
  const window = windowOf({
    id: order,
    parent: 0,
    name: `In [${order}]`,
    durationS: order,
    accountsJ,
    problems,
    parts: partsOf(accountsJ, options),
  });
  return { ...window, cpuS: { user: order, halfnote: 0.1, rest: others * order } };
}

/** The two cells, and 20 J of Halfnote's start besides. */
function sessionWindow(energy: number, options: TrialOptions): WindowEnergy {
  const user = options.failure ? energy : 10 * energy;
  const accountsJ = { user, halfnote: user / 20 + 20, rest: user / 2 + 5 };
  const { problems = [] } = options;
  return windowOf({
    id: 0,
    name: 'session',
    kind: 'session',
    durationS: 6,
    accountsJ,
    problems,
    parts: partsOf(accountsJ, options),
  });
}

function partsOf(
  { user, halfnote, rest }: Readonly<Record<'user' | 'halfnote' | 'rest', number>>,
  { method = 'counter' }: TrialOptions,
) {
  const most = { user: user * 0.9, halfnote: halfnote * 0.9, rest: rest * 0.9 };
  const least = { user: user * 0.1, halfnote: halfnote * 0.1, rest: rest * 0.1 };
  return [
    { ...partOf('cpu', most, (user + halfnote + rest) * 0.3, method), userIdleJ: user * 0.2 },
    partOf('dram', least, null, method),
  ];
}
