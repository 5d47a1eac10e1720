import type { CarbonReport, EnergyWindow } from '../payloads/carbon-report';
import { multiply, scale } from '../quantities/arithmetic';
import type { Quantity } from '../quantities/quantity';
import { carbonFactor, intensityQuantity, JOULES_PER_KWH } from './carbon/factor';
import type { CarbonFactor, CarbonOptions } from './carbon/factor';
import type { Absence } from './devices/meter';
import type { PartEnergy, WindowEnergy } from './window';

const WALL =
  'Software meters read about 20 to 30% below the wall socket: power supply, fans and board are not counted.';
const WORLD =
  "No region given: world average. State yours: %carbon --region FRA, or carbonReport({ region: 'FRA' }).";

export interface ReportParts {
  readonly title: string;
  readonly scope: CarbonReport['scope'];
  readonly total: WindowEnergy;
  /** All of the session, or those within the total. */
  readonly windows: readonly WindowEnergy[];
  readonly options: CarbonOptions;
  readonly monitor: { readonly absent: readonly Absence[]; readonly notes: readonly string[] };
}

/** The payload of our carbon MIME type. */
export function carbonReportPayload(parts: ReportParts): CarbonReport {
  const { total, monitor } = parts;
  const factor = carbonFactor(parts.options);
  const windows = parts.windows.filter(({ id }) => id !== total.id);
  return {
    title: parts.title,
    scope: parts.scope,
    complete: isComplete(total),
    total: withCarbon(total, factor),
    devices: total.parts.map(({ component, source, method, machineJ, accountsJ, idleJ }) => ({
      component,
      source,
      method,
      machineJ: { ...machineJ },
      accountsJ: { ...accountsJ },
      idleJ,
    })),
    windows: windows.map((window) => withCarbon(window, factor)),
    intensity: intensityOf(factor),
    pue: factor.pue,
    notes: notesOf(parts, factor, monitor),
  };
}

/** The windows within one, and within those. */
export function windowsWithin(id: number, windows: readonly WindowEnergy[]): WindowEnergy[] {
  const inside = new Set([id]);
  // A window begins after the one that it lies in, so that one pass in that order is enough.
  return windows
    .toSorted((a, b) => a.id - b.id)
    .filter((window) => {
      if (window.parent === null || !inside.has(window.parent)) return false;
      inside.add(window.id);
      return true;
    });
}

/** A window with its grams. */
export function withCarbon(window: WindowEnergy, factor: CarbonFactor): EnergyWindow {
  const { id, parent, name, kind, status, startedAt, durationS, cpuS, exclusiveJ } = window;
  return {
    ...{ id, parent, name, kind, status, startedAt, durationS },
    energyJ: { ...window.energyJ },
    machineJ: { ...window.machineJ },
    accountsJ: { ...window.accountsJ },
    exclusiveJ: { ...exclusiveJ },
    idleJ: {
      user: known(window.parts.map(({ userIdleJ }) => userIdleJ ?? null)),
      machine: known(window.parts.map(({ idleJ }) => idleJ)),
    },
    cpuS: { ...cpuS },
    co2eG: co2eOf(window.energyJ, factor),
    machineCo2eG: co2eOf(window.machineJ, factor),
    parts: window.parts.map(plainPart),
    problems: [...window.problems],
  };
}

function plainPart(part: PartEnergy): EnergyWindow['parts'][number] {
  const { component, source, method, machineJ, accountsJ, idleJ } = part;
  return {
    component,
    source,
    method,
    machineJ: machineJ.value,
    accountsJ: {
      user: accountsJ.user.value,
      halfnote: accountsJ.halfnote.value,
      rest: accountsJ.rest.value,
    },
    idleJ,
  };
}

/** The sum where all parts have a figure; null also of none. */
function known(joules: readonly (number | null)[]): number | null {
  if (joules.length === 0) return null;
  return joules.reduce<number | null>(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    0,
  );
}

function isComplete({ energyJ, machineJ, problems }: WindowEnergy): boolean {
  return energyJ.complete && machineJ.complete && problems.length === 0;
}

function co2eOf(energyJ: Quantity, factor: CarbonFactor): Quantity {
  return scale(multiply(energyJ, intensityQuantity(factor.intensity)), factor.pue / JOULES_PER_KWH);
}

function intensityOf({ intensity }: CarbonFactor): CarbonReport['intensity'] {
  const { region, name, year, yearReason, source, licence, kind, spreadOf, alternatives } =
    intensity;
  return {
    gramsPerKWh: intensityQuantity(intensity),
    ...{ region, name, year, source, licence, kind, spreadOf },
    yearReason: yearReason ?? null,
    alternatives: alternatives.map((other) => ({
      gramsPerKWh: other.gramsPerKWh,
      year: other.year,
      source: other.source,
      licence: other.licence,
    })),
  };
}

function notesOf(
  { total }: ReportParts,
  factor: CarbonFactor,
  monitor: ReportParts['monitor'],
): string[] {
  const measured = total.parts.some(({ method }) => method !== 'modelled');
  return [
    ...(factor.assumed ? [WORLD] : []),
    ...monitor.notes,
    ...monitor.absent.map(absenceText),
    ...total.problems,
    ...(measured ? [WALL] : []),
  ];
}

function absenceText({ message, hint }: Absence): string {
  return hint === undefined ? message : `${message} ${hint}`;
}
