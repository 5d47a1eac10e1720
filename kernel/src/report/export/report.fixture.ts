import { device, hash, quantityOf, reportOf } from './report-parts.fixture';
import type { Report } from '../schema';

const EMBODIED_G = 0.012345678901234567;
const LITRES_PER_KWH = 1.8;

/** Two sockets, memory and two graphics cards, with many digits, and everything that a report can hold. */
export function richReport(): Report {
  const plain = reportOf(1, {
    notebook: 'Zahlen "½", 数字 #1 %20.ipynb',
    devices: [
      device('cpu', 'RAPL package-0', 1234.567890123457),
      device('cpu', 'RAPL package-1', 1 / 3),
      device('dram', 'RAPL "dram\\\n"', 12.300000000000001),
      device('gpu', 'NVML total energy', 98765.4321),
      device('gpu', 'NVML total energy', 0.1 + 0.2, { error: 0.3, method: 'integrated power' }),
    ],
    durationS: 61.234567890123456,
    pue: 1.37,
    gramsPerKWh: 56.03999999999999,
    region: 'FRA (France)',
  });
  return {
    ...plain,
    identity: {
      ...plain.identity,
      code: { commit: '44f3da5', dirty: true },
      seeds: [{ name: 'tfjs', value: 42 }],
      inputs: [
        { kind: 'data', name: 'data/digits.csv.gz', sizeBytes: 57_523, hash: hash(5) },
        { kind: 'data', name: 'Größe, "roh".weird', sizeBytes: 0, hash: hash(6) },
        { kind: 'model', name: 'model.json', sizeBytes: 1_234_567_890_123, hash: hash(7) },
      ],
      versions: { ...plain.identity.versions, tensorflow: '2.21.0', typescript: '5.9.3' },
      lockHash: hash(8),
    },
    boundary: { ...plain.boundary, waterLPerKWh: LITRES_PER_KWH },
    hardware: {
      ...plain.hardware,
      gpus: [{ name: 'NVIDIA H200' }, { name: 'NVIDIA H200' }, { name: 'Ανεμος, "X"' }],
    },
    settings: {
      ...plain.settings,
      policy: 'bf16',
      epochs: 3,
      shuffled: true,
      schedule: null,
      wueLPerKWh: LITRES_PER_KWH,
      embodiedKgCO2e: 300,
      lifetimeYears: 4,
    },
    carbon: {
      ...plain.carbon,
      intensity: { ...plain.carbon.intensity, year: 2024, licence: 'CC-BY-4.0' },
      embodiedG: quantityOf(EMBODIED_G, { error: 0.5, method: 'modelled' }),
      waterL: quantityOf((plain.energy.accountsJ.user.value / 3.6e6) * LITRES_PER_KWH),
      sci: { gramsPerUnit: quantityOf(plain.carbon.operationalG.value + EMBODIED_G), unit: 'run' },
    },
    runs: plain.runs.map((run) => ({
      ...run,
      results: [
        { cell: 4, name: 'loss', unit: 'nat', value: 0.123 },
        { cell: 4, name: 'test accuracy', unit: '', value: 0.9712345678901234 },
      ],
    })),
    results: [
      { cell: 4, name: 'loss', value: quantityOf(0.123), unit: 'nat' },
      { cell: 4, name: 'test accuracy', value: quantityOf(0.9712345678901234), unit: '' },
    ],
    precisionTables: [{ cell: 5, table: precisionTable() }],
  };
}

function precisionTable(): Report['precisionTables'][number]['table'] {
  const row = {
    execution: 'native' as const,
    engine: 'TensorFlow',
    note: '',
    latencyS: null,
    throughputPerS: null,
    speedup: null,
    weightBytes: 1000,
    energyJ: null,
    co2eG: null,
    score: 0.97,
    maxError: 0,
    sqnrDb: 'Infinity' as const,
    literature: null,
  };
  return {
    title: 'digits',
    model: { name: 'digits-cnn', parameters: 18_378 },
    device: { name: 'CPU', engine: 'TensorFlow', threads: 2 },
    batchSize: 32,
    samples: 360,
    metric: 'accuracy',
    baseline: 'fp32',
    rows: [
      { format: 'fp32', ...row },
      { format: 'int8', ...row },
    ],
    notes: [],
  };
}

const FAILURE = { cell: 0, name: 'TypeError', message: 'x is "not"\na function\u2028' };

/** A run that failed, of joules so few that they are written with an exponent; nothing else is known. */
export function failedReport(): Report {
  const plain = reportOf(2, {
    notebook: 'a b/näher.ipynb',
    devices: [
      device('cpu', 'process share of TDP', 4.9406564584124654e-9, {
        method: 'modelled',
        error: 0.9,
        complete: false,
      }),
    ],
    durationS: 1.1e-7,
    pue: 1,
    gramsPerKWh: 1e-9,
    region: 'WORLD',
  });
  const { accountsJ } = plain.energy;
  return {
    ...plain,
    status: 'failed',
    failure: FAILURE,
    runs: plain.runs.map((run) => ({ ...run, failure: FAILURE, problems: ['no counter'] })),
    verdict: { valid: false, reasons: ['load of others', 'no counter'], remarks: [] },
    energy: {
      ...plain.energy,
      accountsJ: { ...accountsJ, user: { ...accountsJ.user, complete: false } },
    },
  };
}

/** Zettajoules, in a zone within a country, without a device that could be read. */
export function hugeReport(): Report {
  return reportOf(3, {
    notebook: 'on.ipynb',
    devices: [device('cpu', 'RAPL package-0', 9.876543210987654e21)],
    durationS: 31_557_600.1,
    pue: 1.0000000000000002,
    gramsPerKWh: 2999.9999999999995,
    region: 'US-CA (California)',
  });
}

/** No device, and no time. */
export function emptyReport(): Report {
  return reportOf(4, {
    notebook: 'empty.ipynb',
    devices: [],
    durationS: 0,
    pue: 1,
    gramsPerKWh: 473,
    region: 'given',
  });
}

export const REPORTS = {
  rich: richReport,
  failed: failedReport,
  huge: hugeReport,
  empty: emptyReport,
} as const;
