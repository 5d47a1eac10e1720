import type { DeviceFacts, FormatSupport } from '../backend/contract';
import { predictionsInWords } from '../backend/compiled/predictions';
import { stepsInWords } from '../backend/deferred/steps';
import { hasNativeBackend } from '../backend/load';
import { findMeters } from '../energy/devices/find';
import type { Found, Meter } from '../energy/devices/meter';
import { HalfnoteError } from '../errors';
import { ensureBackend, loadBackend } from '../start';
import { HARDWARE_FORMATS } from '../formats/names';
import { DoctorReport } from './view';
import type { Finding, FormatFinding } from './view';
import { engineFinding, engineHere } from './engine';
import { extensionFinding, jupyterHere, kernelspecFinding } from './jupyter';
import { jupyterVersions } from './jupyter-versions';
import { nodeFinding } from './node';
import { pythonFindings, pythonOf } from './python';
import { connectionFiles } from './runtime-folder';

/**
 * What is here, what runs natively, and how to get what is missing. Loads the backend, reads counters,
 * changes nothing. Never throws for what is missing: that is what it reports.
 */
export async function doctor(meters?: Found): Promise<DoctorReport> {
  const failure = loadFailure();
  const facts = await ensureBackend();
  const jupyter = jupyterHere();
  const { installation } = jupyter;
  const python = pythonOf(installation);
  return new DoctorReport(
    [
      nodeFinding(installation),
      ...pythonFindings(installation, python),
      engineFinding(engineHere(facts, failure), installation, python.facts),
      ...(hasNativeBackend()
        ? [{ name: 'training steps', value: stepsInWords(), state: 'ok' } as const]
        : []),
      ...predictions(),
      { name: 'device', value: `${facts.deviceName}, ${facts.threads} threads`, state: 'ok' },
      {
        name: 'instruction sets',
        value: facts.isa.join(', ') || 'none of those that matter here',
        state: 'ok',
      },
      ...(meters === undefined ? energyHere() : energy(meters)),
      kernelspecFinding(jupyter),
      extensionFinding(jupyter),
      ...(python.facts === undefined ? [] : jupyterVersions(installation, python.facts)),
      ...connectionFiles(),
    ],
    formatFindings(facts),
  );
}

/** Only where there were some. */
function predictions(): Finding[] {
  const value = predictionsInWords();
  return value === '' ? [] : [{ name: 'predictions', value, state: 'ok' }];
}

function loadFailure(): HalfnoteError | undefined {
  try {
    loadBackend();
    return undefined;
  } catch (error) {
    if (error instanceof HalfnoteError) return error;
    throw error;
  }
}

/** The drivers of this machine are let go again. */
function energyHere(): Finding[] {
  const found = findMeters();
  for (const meter of found.meters) meter.close?.();
  return energy(found);
}

function energy({ meters, absent }: Found): Finding[] {
  return [
    ...meters.map(({ component, source, method, note, band }): Finding => ({
      name: `energy of ${component}`,
      value: `${method}: ${source}${band === undefined ? '' : `, ${bandText(band)}`}`,
      state: method === 'modelled' ? 'note' : 'ok',
      ...(note === undefined ? {} : { hint: note }),
    })),
    ...absent.map(({ device, message, hint, leavesIncomplete }): Finding => ({
      name: device,
      value: leavesIncomplete === true ? `${message} Totals are incomplete.` : message,
      state: leavesIncomplete === true ? 'missing' : 'note',
      ...(hint === undefined ? {} : { hint }),
    })),
  ];
}

/** `-40 % to +40 %`; from a factor of 2 on, the factors. */
function bandText({ low, high }: NonNullable<Meter['band']>): string {
  if (high >= 2) return `true is ${low} to ${high} times as much`;
  const percent = (factor: number): string =>
    `${factor < 1 ? '-' : '+'}${Math.round(Math.abs(factor - 1) * 100)} %`;
  return `${percent(low)} to ${percent(high)}`;
}

/** How the machine runs each format that it is asked about. */
export function formatFindings(facts: DeviceFacts): FormatFinding[] {
  return HARDWARE_FORMATS.map((format) => {
    const { execution, engine, reason }: FormatSupport = facts.formats[format];
    return { format, execution, engine, reason };
  });
}
