import type { CarbonReport, EnergyWindow } from '../payloads/schemas';
import { carbonFactor, co2eGrams } from './carbon/factor';
import type { CarbonFactor, CarbonOptions } from './carbon/factor';
import type { Absence } from './devices/meter';
import type { EnergyMonitor } from './monitor/monitor';
import type { WindowEnergy } from './window';

/** Windows in one report; the smallest are left out beyond that, and counted. */
const LISTED = 12;

const WALL =
  'Software meters read about 20 to 30% below the wall socket: power supply, fans and board are not counted.';

export interface ReportParts {
  readonly title: string;
  readonly scope: CarbonReport['scope'];
  readonly total: WindowEnergy;
  readonly windows: readonly WindowEnergy[];
  readonly options: CarbonOptions;
  readonly monitor: Pick<EnergyMonitor, 'absent' | 'notes'>;
}

/** The payload of our carbon MIME type. */
export function carbonReportPayload(parts: ReportParts): CarbonReport {
  const factor = carbonFactor(parts.options);
  const ended = parts.windows.filter(
    ({ kind, status }) => (kind === 'cell' || kind === 'span') && status !== 'open',
  );
  const { listed, left } = largest(ended);
  return {
    title: parts.title,
    scope: parts.scope,
    total: withCarbon(parts.total, factor),
    windows: listed.map((window) => withCarbon(window, factor)),
    intensity: { ...factor.intensity, year: String(factor.intensity.year ?? 'an unnamed year') },
    pue: factor.pue,
    notes: [
      ...(factor.assumed
        ? [
            "No region given: world average. State yours: %carbon --region FRA, or carbonReport({ region: 'FRA' }).",
          ]
        : []),
      ...parts.monitor.notes,
      ...parts.monitor.absent.map(absenceText),
      ...parts.total.problems,
      ...(left === 0
        ? []
        : [`The ${LISTED} windows that took most are listed, ${left} smaller ones are not.`]),
      WALL,
    ],
  };
}

/** A window with its grams. */
export function withCarbon(window: WindowEnergy, factor: CarbonFactor): EnergyWindow {
  const { name, durationS, energyJ, parts } = window;
  return {
    name,
    durationS,
    energyJ: energyJ.value,
    co2eG: co2eGrams(energyJ.value, factor),
    parts: parts.map(({ component, accountsJ, source }) => {
      const { value, method } = accountsJ.user;
      return { component, energyJ: value, method, source };
    }),
  };
}

function absenceText({ message, hint }: Absence): string {
  return hint === undefined ? message : `${message} ${hint}`;
}

function largest(windows: readonly WindowEnergy[]): {
  readonly listed: readonly WindowEnergy[];
  readonly left: number;
} {
  if (windows.length <= LISTED) return { listed: windows, left: 0 };
  const limit = windows.map(({ energyJ }) => energyJ.value).sort((a, b) => b - a)[LISTED - 1] ?? 0;
  const listed = windows.filter(({ energyJ }) => energyJ.value >= limit).slice(0, LISTED);
  return { listed, left: windows.length - listed.length };
}
