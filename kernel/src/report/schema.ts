import { z } from 'zod';
import { gradientRanges } from '../payloads/ranges/schema';
import { precisionTable } from '../payloads/precision/table';
import { METHODS } from '../quantities/quantity';
import { claimVerdict } from '../studies/claim-verdict';
import { INJECTED, OUTSIDE } from './cell-name';

/**
 * The report of a notebook's run as data, version 1: what `halfnote report` writes, `verify` and `diff`
 * read, and every export is made from. Its JSON Schema is published from here.
 */
export const REPORT_SCHEMA = 'halfnote-report/1';

const sha256 = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const spread = z.strictObject({ below: z.number().min(0), above: z.number().min(0) });

/** A `Quantity` of `quantities/quantity.ts`. */
export const quantity = z.strictObject({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  coverage: z.number().gt(0).lt(1),
  method: z.enum(METHODS),
  statistical: spread,
  systematic: spread,
  samples: z.int().min(0),
  gaps: z.int().min(0),
  resets: z.int().min(0),
  complete: z.boolean(),
});

/** Of one that the notebook holds, or of the one that `--param` adds. */
const cellIndex = z
  .int()
  .min(INJECTED)
  .describe(
    `The cell's place in the notebook's own list, from 0; ${INJECTED}: the cell that --param adds to the run, which the notebook doesn't hold`,
  );

const failure = z.strictObject({ cell: cellIndex, name: z.string(), message: z.string() });
const numbers = z.strictObject({ user: z.number(), halfnote: z.number(), rest: z.number() });
const perUnit = z.strictObject({ gramsPerUnit: quantity, unit: z.string() });
const accounts = z.strictObject({ user: quantity, halfnote: quantity, rest: quantity });

const identity = z.strictObject({
  /** SHA-256 over the report by RFC 8785, with this field left out. */
  hash: sha256,
  /** SHA-256 of each part by RFC 8785, by its place (`energy.cells`): they name what was altered. */
  sections: z.record(z.string(), sha256),
  createdAt: z.iso.datetime(),
  /** The hash is over the cells' types and sources: outputs and metadata don't count. */
  notebook: z.strictObject({ name: z.string(), hash: sha256 }),
  /** Null outside a repository. */
  code: z.strictObject({ commit: z.string(), dirty: z.boolean() }).nullable(),
  /** Why the code isn't that of a commit, where more is known than that it isn't. */
  codeProblem: z.string().nullable(),
  cells: z.array(
    z.strictObject({
      index: cellIndex,
      id: z.string().nullable(),
      hash: sha256,
      order: z.int().nullable(),
    }),
  ),
  seeds: z.array(z.strictObject({ name: z.string(), value: z.number() })),
  inputs: z.array(
    z.strictObject({
      kind: z.enum(['data', 'model', 'code']),
      name: z.string(),
      sizeBytes: z.int(),
      hash: sha256,
    }),
  ),
  /** By package: `halfnote`, `node`, `tensorflow`, ... */
  versions: z.record(z.string(), z.string()),
  /** Of the lock file beside the notebook or above it. */
  lockHash: sha256.nullable(),
});

const device = z.strictObject({
  component: z.enum(['cpu', 'dram', 'gpu']),
  source: z.string(),
  method: z.enum(METHODS),
  machineJ: quantity,
  accountsJ: accounts,
  /** Of `machineJ`, what it would have drawn idle; null where that isn't known. */
  idleJ: z.number().nullable(),
  /** Of the user's joules, its share of `idleJ`; null or missing where that isn't known. */
  userIdleJ: z.number().nullable().optional(),
});

export const report = z.strictObject({
  schema: z.literal(REPORT_SCHEMA),
  identity,
  status: z.enum(['complete', 'failed']),
  failure: failure.nullable(),
  verdict: z.strictObject({
    valid: z.boolean(),
    /** Why it isn't. */
    reasons: z.array(z.string()),
    /** What holds all the same, and what doesn't, after something that leaves the figures as they are. */
    remarks: z.array(z.string()),
  }),
  boundary: z.strictObject({
    included: z.array(z.string()),
    excluded: z.array(z.string()),
    pue: z.number(),
    waterLPerKWh: z.number().nullable(),
  }),
  hardware: z.strictObject({
    cpu: z.strictObject({ model: z.string(), threads: z.int(), tdpW: z.number().nullable() }),
    memoryBytes: z.int(),
    gpus: z.array(z.strictObject({ name: z.string() })),
    os: z.string(),
  }),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  trials: z.int().min(1),
  energy: z.strictObject({
    durationS: quantity,
    machineJ: quantity,
    accountsJ: accounts,
    devices: z.array(device),
    cells: z.array(
      z.strictObject({ index: cellIndex, durationS: quantity, energyJ: quantity, co2eG: quantity }),
    ),
  }),
  carbon: z.strictObject({
    intensity: z.strictObject({
      gramsPerKWh: quantity,
      region: z.string(),
      year: z.int().nullable(),
      source: z.string(),
      licence: z.string().nullable(),
    }),
    /** Of the user's code, with the PUE. */
    operationalG: quantity,
    /** Never within `operationalG`. */
    embodiedG: quantity.nullable(),
    waterL: quantity.nullable(),
    /** E x I per R of the SCI: no SCI, which takes M too. */
    operationalPerUnit: perUnit,
    /** ((E x I) + M) per R; null where M, the making of the machine, isn't stated. */
    sci: perUnit.nullable(),
  }),
  /** What the notebook's own run scored. */
  results: z.array(
    z.strictObject({ cell: cellIndex, name: z.string(), value: quantity, unit: z.string() }),
  ),
  /** On claims that the notebook put to the test, in its first run that counts; missing where it tested none. */
  verdicts: z.array(claimVerdict.extend({ cell: cellIndex })).optional(),
  precisionTables: z.array(z.strictObject({ cell: cellIndex, table: precisionTable })),
  gradientRanges: z.array(z.strictObject({ cell: cellIndex, ranges: gradientRanges })),
  /** One a trial, also of those that failed: what the verdict and the results are made of. */
  runs: z.array(
    z.strictObject({
      trial: z.int().min(1),
      failure: failure.nullable(),
      /** What spoils its figures, in words. */
      problems: z.array(z.string()),
      /** What a reader should know of the machine meanwhile, in words. */
      warnings: z.array(z.string()),
      /** By how much the clock on the wall was set forward meanwhile; 0 where it wasn't. */
      clockStepS: z.number(),
      results: z.array(
        z.strictObject({ cell: cellIndex, name: z.string(), unit: z.string(), value: z.number() }),
      ),
    }),
  ),
  /**
   * One a trial and cell: what the quantities above are made of. Cell -1 is what lies outside of cells:
   * the kernel's start, the time between cells, and what cells left in the background.
   */
  samples: z.array(
    z.strictObject({
      trial: z.int(),
      cell: cellIndex.describe(`As elsewhere, or ${OUTSIDE}: what lies outside of cells`),
      startedAt: z.iso.datetime(),
      durationS: z.number(),
      machineJ: z.number(),
      accountsJ: numbers,
      /** CPU seconds. */
      cpuS: numbers,
      /** In the order of `energy.devices`; null for a device that wasn't measured then. */
      devices: z.array(
        z
          .strictObject({
            machineJ: z.number(),
            accountsJ: numbers,
            /** As there: what it would have drawn idle, and of that the user's share. */
            idleJ: z.number().nullable(),
            userIdleJ: z.number().nullable(),
          })
          .nullable(),
      ),
    }),
  ),
  checklist: z.array(z.strictObject({ item: z.string(), ok: z.boolean(), detail: z.string() })),
});

export type Report = z.infer<typeof report>;
