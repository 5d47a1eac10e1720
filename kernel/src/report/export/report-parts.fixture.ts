import type { Method, Quantity } from '../../quantities/quantity';
import type { Report } from '../schema';

const HEX = '0123456789abcdef';

/** A hash that is no one's, other for each `seed`. */
export function hash(seed: number): string {
  const digits = Array.from({ length: 64 }, (_, i) => HEX[(i * (seed * 2 + 3) + seed) % 16]);
  return `sha256:${digits.join('')}`;
}

export function quantityOf(
  value: number,
  { error = 0.1, method = 'counter', complete = true }: QuantityParts = {},
): Quantity {
  const half = value * error;
  return {
    value,
    low: value - half,
    high: value + half,
    coverage: 0.95,
    method,
    statistical: { below: half / 2, above: half / 2 },
    systematic: { below: half / 2, above: half / 2 },
    samples: 3,
    gaps: 0,
    resets: 0,
    complete,
  };
}

interface QuantityParts {
  readonly error?: number;
  readonly method?: Method;
  readonly complete?: boolean;
}

type Device = Report['energy']['devices'][number];

export function device(
  component: Device['component'],
  source: string,
  userJ: number,
  parts: QuantityParts = {},
): Device {
  const [user, halfnote, rest] = [userJ, userJ / 7, userJ * 3] as const;
  return {
    component,
    source,
    method: parts.method ?? 'counter',
    machineJ: quantityOf(user + halfnote + rest, parts),
    accountsJ: {
      user: quantityOf(user, parts),
      halfnote: quantityOf(halfnote, parts),
      rest: quantityOf(rest, parts),
    },
    idleJ: rest / 2,
  };
}

interface Shape {
  readonly notebook: string;
  readonly devices: readonly Device[];
  readonly durationS: number;
  readonly pue: number;
  readonly gramsPerKWh: number;
  readonly region: string;
}

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);

/** A report whose figures follow from its devices. */
export function reportOf(seed: number, shape: Shape): Report {
  const { devices, durationS, pue, gramsPerKWh } = shape;
  const account = (name: 'user' | 'halfnote' | 'rest') =>
    quantityOf(sum(devices.map(({ accountsJ }) => accountsJ[name].value)));
  const user = account('user');
  const grams = (user.value / 3.6e6) * pue * gramsPerKWh;
  return {
    schema: 'halfnote-report/1',
    identity: {
      hash: hash(seed),
      sections: { energy: hash(seed + 20) },
      createdAt: '2026-11-29T05:13:42.120Z',
      notebook: { name: shape.notebook, hash: hash(seed + 1) },
      code: null,
      codeProblem: null,
      cells: [{ index: 0, id: null, hash: hash(seed + 2), order: 1 }],
      seeds: [],
      inputs: [],
      versions: { halfnote: '0.1.0', node: '20.19.0' },
      lockHash: null,
    },
    status: 'complete',
    failure: null,
    verdict: { valid: true, reasons: [], remarks: [] },
    boundary: { included: ['CPU packages'], excluded: ['fans'], pue, waterLPerKWh: null },
    hardware: {
      cpu: { model: 'Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz', threads: 2, tdpW: null },
      memoryBytes: 8_339_763_200,
      gpus: [],
      os: 'Linux 6.1.0 x64',
    },
    settings: { pue },
    trials: 3,
    energy: {
      durationS: quantityOf(durationS, { error: 0.02 }),
      machineJ: quantityOf(sum(devices.map(({ machineJ }) => machineJ.value))),
      accountsJ: { user, halfnote: account('halfnote'), rest: account('rest') },
      devices: [...devices],
      cells: [
        {
          index: 0,
          durationS: quantityOf(durationS / 3),
          energyJ: quantityOf(user.value / 3),
          co2eG: quantityOf(grams / 3),
        },
      ],
    },
    carbon: {
      intensity: {
        gramsPerKWh: quantityOf(gramsPerKWh, { error: 0.2, method: 'literature' }),
        region: shape.region,
        year: null,
        source: 'Ember yearly data',
        licence: null,
      },
      operationalG: quantityOf(grams, { method: 'estimated' }),
      embodiedG: null,
      waterL: null,
      operationalPerUnit: {
        gramsPerUnit: quantityOf(grams, { method: 'estimated' }),
        unit: 'run of the notebook',
      },
      sci: null,
    },
    results: [],
    precisionTables: [],
    gradientRanges: [],
    runs: [1, 2, 3].map((trial) => ({
      trial,
      failure: null,
      problems: [],
      warnings: [],
      clockStepS: 0,
      results: [],
    })),
    samples: samplesOf({ devices, durationS }),
    checklist: [],
  };
}

/** Three trials that agree: a third of each in the only cell, the rest outside of it. */
function samplesOf({
  devices,
  durationS,
}: Pick<Shape, 'devices' | 'durationS'>): Report['samples'] {
  const total = (name: 'user' | 'halfnote' | 'rest') =>
    sum(devices.map(({ accountsJ }) => accountsJ[name].value));
  const machines = devices.map(({ machineJ }) => machineJ.value);
  return [2, 1, 3].flatMap((trial) =>
    [
      { cell: 0, share: 1 / 3 },
      { cell: -1, share: 2 / 3 },
    ].map(({ cell, share }) => ({
      trial,
      cell,
      startedAt: `2026-11-29T05:0${trial}:00.500Z`,
      durationS: durationS * share,
      machineJ: sum(machines) * share,
      accountsJ: {
        user: total('user') * share,
        halfnote: total('halfnote') * share,
        rest: total('rest') * share,
      },
      cpuS: { user: share, halfnote: share / 10, rest: share / 100 },
      devices: devices.map(({ machineJ, accountsJ, idleJ }) => ({
        machineJ: machineJ.value * share,
        accountsJ: {
          user: accountsJ.user.value * share,
          halfnote: accountsJ.halfnote.value * share,
          rest: accountsJ.rest.value * share,
        },
        idleJ: idleJ === null ? null : idleJ * share,
        userIdleJ: null,
      })),
    })),
  );
}
