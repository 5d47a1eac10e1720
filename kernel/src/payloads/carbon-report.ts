import { z } from 'zod';
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
  idleJ: decoded.nullable(),
});

/** One device over all of what the report is about. */
export const energyDevice = z.object({
  component,
  source: z.string(),
  method,
  machineJ: quantity,
  accountsJ,
  idleJ: decoded.nullable(),
});

/** What a window says wherever it goes: into a journal too. */
export const windowFigures = z.object({
  id: z.int(),
  /** The window within which it began; null for the session. */
  parent: z.int().nullable(),
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

export const energyWindow = windowFigures.extend({
  /** Of `energyJ` and `machineJ`, what would have been drawn idle; null where that isn't known. */
  idleJ: z.object({ user: decoded.nullable(), machine: decoded.nullable() }),
  /** Of `energyJ` and of `machineJ`. */
  co2eG: quantity,
  machineCo2eG: quantity,
  parts: z.array(energyPart),
});

const intensity = z.object({
  /** With the spread that `spreadOf` tells. */
  gramsPerKWh: quantity,
  region: z.string(),
  name: z.string(),
  /** Null where the source doesn't say; `yearReason` says why. */
  year: z.int().nullable(),
  yearReason: z.string().nullable(),
  source: z.string(),
  licence: z.string().nullable(),
  kind: z.literal('average'),
  /** Whose figures lie apart: other sources', other zones' of the region, other years'; or none are known. */
  spreadOf: z.enum(['sources', 'zones', 'years', 'none']),
  alternatives: z.array(
    z.object({
      gramsPerKWh: decoded,
      year: z.int().nullable(),
      source: z.string(),
      licence: z.string().nullable(),
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
