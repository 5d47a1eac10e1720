import * as z from 'zod/mini';
import { decoded, method, quantity } from './wire';

/**
 * Energy and CO2e of a session, a span or a cell. A reader of the schema gets numbers; in JSON those that
 * it lacks stand as words, see `WireNumber`.
 */

const accounts = z.object({ user: decoded, halfnote: decoded, rest: decoded });
const accountsJ = z.object({ user: quantity, halfnote: quantity, rest: quantity });
const component = z.enum(['cpu', 'dram', 'gpu']);

/** One device in one window, without intervals. */
export const energyPart = z.object({
  component,
  /** For example `RAPL package-0`. */
  source: z.string(),
  method,
  machineJ: decoded,
  accountsJ: accounts,
  /** Of `machineJ`, what it would have drawn idle; null where that isn't known. */
  idleJ: z.nullable(decoded),
});

/** One device over all of what the report is about. */
export const energyDevice = z.object({
  component,
  source: z.string(),
  method,
  machineJ: quantity,
  accountsJ,
  idleJ: z.nullable(decoded),
});

/** What a window says wherever it goes: into a journal too. */
export const windowFigures = z.object({
  id: z.int(),
  /** The window within which it began; null for the session. */
  parent: z.nullable(z.int()),
  name: z.string(),
  kind: z.enum(['session', 'cell', 'span', 'outside', 'background']),
  status: z.enum(['ended', 'interrupted', 'open']),
  startedAt: z.string(),
  durationS: decoded,
  /** Attributed to the user's code; includes the windows within. */
  energyJ: quantity,
  machineJ: quantity,
  /** They add up to `machineJ`. */
  accountsJ,
  /** Joules of the machine while no other window had begun later and was still open. */
  exclusiveJ: accounts,
  cpuS: accounts,
  /** What couldn't be read, in words. */
  problems: z.array(z.string()),
});

export const energyWindow = z
  .extend(windowFigures, {
    /** Of `energyJ` and `machineJ`, what would have been drawn idle; null where that isn't known. */
    idleJ: z.object({ user: z.nullable(decoded), machine: z.nullable(decoded) }),
    /** Of `energyJ` and of `machineJ`. */
    co2eG: quantity,
    machineCo2eG: quantity,
    parts: z.array(energyPart),
  })
  .check(
    z.refine(({ accountsJ, machineJ }) => isSumOf(accountsJ, machineJ), {
      error: 'the three accounts add up to machineJ, and are finite',
      path: ['accountsJ'],
    }),
  );

/** Rounding of decimals in JSON, and of sums. */
const TOLERANCE = 1e-6;

/** Whether the accounts are the machine's joules; false where any of them isn't finite. */
function isSumOf(
  { user, halfnote, rest }: z.output<typeof accountsJ>,
  machineJ: z.output<typeof quantity>,
): boolean {
  const sum = user.value + halfnote.value + rest.value;
  const size = Math.abs(user.value) + Math.abs(halfnote.value) + Math.abs(rest.value);
  return Math.abs(sum - machineJ.value) <= TOLERANCE * size;
}

const intensity = z.object({
  /** With the spread that `spreadOf` tells. */
  gramsPerKWh: quantity,
  region: z.string(),
  name: z.string(),
  /** Null where the source doesn't say; `yearReason` says why. */
  year: z.nullable(z.int()),
  yearReason: z.nullable(z.string()),
  source: z.string(),
  licence: z.nullable(z.string()),
  kind: z.literal('average'),
  /** Whose figures lie apart: other sources', other zones' of the region, other years'; or none are known. */
  spreadOf: z.enum(['sources', 'zones', 'years', 'none']),
  alternatives: z.array(
    z.object({
      gramsPerKWh: decoded,
      year: z.nullable(z.int()),
      source: z.string(),
      licence: z.nullable(z.string()),
    }),
  ),
});

export const carbonReport = z.object({
  title: z.string(),
  scope: z.enum(['cell', 'span', 'session']),
  /** False: something that belongs in the figures couldn't be read. */
  complete: z.boolean(),
  total: energyWindow,
  devices: z.array(energyDevice),
  /** All windows within the total; a tree by `parent`. */
  windows: z.array(energyWindow),
  intensity,
  pue: decoded,
  notes: z.array(z.string()),
});

export type EnergyPart = z.output<typeof energyPart>;
export type EnergyDevice = z.output<typeof energyDevice>;
export type EnergyWindow = z.output<typeof energyWindow>;
export type CarbonReport = z.output<typeof carbonReport>;
