import { existsSync } from 'node:fs';
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
import { findInstallations, findPython, loadedLibrary } from './places';
import { connectionFiles } from './runtime-folder';

/**
 * What is here, what runs natively, and how to get what is missing. Loads the backend, reads counters,
 * changes nothing. Never throws for what is missing: that is what it reports.
 */
export async function doctor(meters?: Found): Promise<DoctorReport> {
  const failure = loadFailure();
  const facts = await ensureBackend();
  return new DoctorReport(
    [
      node(),
      ...python(),
      tensorflow(facts, failure),
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
      ...installations(),
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

const MINIMUM_NODE = 20;

function node(): Finding {
  const major = Number.parseInt(process.versions.node, 10);
  const enough = major >= MINIMUM_NODE;
  return {
    name: 'Node.js',
    value: process.versions.node,
    state: enough ? 'ok' : 'missing',
    ...(enough ? {} : { hint: `Install Node.js ${MINIMUM_NODE} or later.` }),
  };
}

function python(): Finding[] {
  const found = findPython();
  if (found === undefined) {
    return [
      {
        name: 'Python environment',
        value: 'no .venv beside the package',
        state: 'missing',
        hint: 'npm run setup makes it, with JupyterLab and TensorFlow.',
      },
    ];
  }
  const { folder, version, tensorflow } = found;
  return [
    { name: 'Python environment', value: `${version} in ${folder}`, state: 'ok' },
    tensorflow === undefined
      ? {
          name: 'TensorFlow wheel',
          value: `not in ${folder}`,
          state: 'missing',
          hint: `${folder}/bin/python -m pip install tensorflow-cpu (with an NVIDIA GPU: "tensorflow[and-cuda]"), then npm run setup.`,
        }
      : { name: 'TensorFlow wheel', value: tensorflow, state: 'ok' },
  ];
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

function tensorflow(facts: DeviceFacts, failure: HalfnoteError | undefined): Finding {
  if (hasNativeBackend()) {
    const library = loadedLibrary() ?? 'its place is not known';
    return {
      name: 'engine',
      value: `TensorFlow ${facts.engineVersion} on the ${facts.device === 'gpu' ? 'GPU' : 'CPU'} (${library})`,
      state: 'ok',
    };
  }
  return {
    name: 'engine',
    value: `tfjs WebAssembly ${facts.engineVersion}, every 16-bit format simulated`,
    state: 'missing',
    hint: failure?.message ?? 'Another tfjs backend was set: tf.setBackend("tensorflow").',
  };
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

function installations(): Finding[] {
  const { kernelspec, extension } = findInstallations(existsSync);
  return [
    kernelspec === undefined
      ? {
          name: 'kernelspec',
          value: 'in no Jupyter folder',
          state: 'missing',
          hint: 'halfnote install --user (or --prefix <environment>) makes the kernel known to Jupyter.',
        }
      : { name: 'kernelspec', value: kernelspec, state: 'ok' },
    extension === undefined
      ? {
          name: 'Lab extension',
          value: 'in no Jupyter folder; tables and plots show in their plain form',
          state: 'missing',
          hint: "npm run setup installs it; elsewhere pip install halfnote-lab, in the Jupyter server's environment.",
        }
      : { name: 'Lab extension', value: extension, state: 'ok' },
  ];
}

/** How the machine runs each format that it is asked about. */
export function formatFindings(facts: DeviceFacts): FormatFinding[] {
  return HARDWARE_FORMATS.map((format) => {
    const { execution, engine, reason }: FormatSupport = facts.formats[format];
    return { format, execution, engine, reason };
  });
}
