import { existsSync } from 'node:fs';
import { MAIN, ownCommand, type Installation } from '../installation';
import { byCommand, inWords, type Command, type Remedy } from './command';
import { newerNode, OLDEST_NODE } from './node-version';
import { pipInstall, type PackagePlace } from './pip';
import {
  PYTHONS,
  pythonVersion,
  tensorflowPackage,
  thisMachine,
  type Machine,
  type TensorFlowPackage,
} from './tensorflow-package';

// What to do about each thing that can be missing, by how this package came here.

const FALLBACK = 'WebAssembly serves meanwhile, and every 16-bit format is simulated';

/** `npm run setup`, which makes a checkout ready again; `anew`: with the steps that it believes are done. */
export function setUp(folder: string, anew = false): Command {
  return { argv: ['npm', 'run', 'setup', ...(anew ? ['--', '--force'] : [])], folder };
}

/** What is known of where TensorFlow is to be installed; the rest is looked up. */
export interface TensorFlowPlace {
  readonly machine?: Machine;
  /** The place for packages of a wheel's Python, where that was asked. */
  readonly packages?: PackagePlace;
  /** A TensorFlow that pip believes to be there, as a requirement: its library isn't. */
  readonly broken?: string | undefined;
}

/** How to get TensorFlow. It can be had here where {@link canHaveTensorFlow} says so. */
export function tensorflowRemedy(
  installation: Installation,
  { machine = machineOf(installation), packages, broken }: TensorFlowPlace = {},
): Remedy {
  const wanted = tensorflowPackage(machine);
  if ('none' in wanted) return { hint: `${wanted.none}. ${without(installation, machine)}` };
  switch (installation.kind) {
    case 'checkout':
      return byCommand(
        setUp(installation.folder, existsSync(installation.environment)),
        'installs TensorFlow and builds the binding for it',
      );
    case 'wheel': {
      const wants =
        broken === undefined ? [wanted.name] : ['--force-reinstall', '--no-deps', broken];
      const command = pipInstall(installation.python, wants, packages);
      return 'cannot' in command
        ? { hint: `${command.cannot}. ${FALLBACK}.` }
        : byCommand(command, 'installs TensorFlow');
    }
    case 'npm':
      return {
        hint: `${FALLBACK}. TensorFlow is a package of Python's: ${pipText(wanted)} in an environment of ${PYTHONS}, which is activated before Node.js is started, or whose folder of the package tensorflow HALFNOTE_TENSORFLOW names.`,
      };
  }
}

/** Whether pip has a TensorFlow for this machine and Python. */
export function canHaveTensorFlow(
  installation: Installation,
  machine: Machine = machineOf(installation),
): boolean {
  return 'name' in tensorflowPackage(machine);
}

/** `pip install tensorflow-cpu`: what a Python that has no TensorFlow needs, on this machine. */
export function tensorflowInstall(machine: Machine = thisMachine(undefined)): string {
  return pipText(tensorflowPackage(machine));
}

function pipText(wanted: TensorFlowPackage): string {
  const name = 'name' in wanted ? wanted.name : 'tensorflow';
  return inWords({ argv: ['pip', 'install', name] });
}

/** What goes on without TensorFlow, and what would change that. */
function without(installation: Installation, machine: Machine): string {
  if ('none' in tensorflowPackage({ ...machine, python: undefined })) return `${FALLBACK}.`;
  return installation.kind === 'checkout'
    ? `${FALLBACK}. Install one of these, remove ${installation.environment}, then ${inWords(setUp(installation.folder))}.`
    : `${FALLBACK}. Install Halfnote in an environment of one of these.`;
}

function machineOf(installation: Installation): Machine {
  return thisMachine(
    installation.kind === 'wheel'
      ? pythonVersion(installation.python, installation.prefix)
      : undefined,
  );
}

/** The native binding isn't there, or the loader refuses it. */
export function bindingRemedy(installation: Installation): Remedy {
  switch (installation.kind) {
    case 'checkout':
      return byCommand(setUp(installation.folder), 'builds the binding');
    case 'wheel':
      return { hint: again(installation) };
    case 'npm':
      return { hint: 'Install the package halfnote again, with its optional dependencies.' };
  }
}

/** A wheel's own files are in no index that pip could fetch them from. */
function again({ python }: Extract<Installation, { kind: 'wheel' }>): string {
  const argv = [python, '-m', 'pip', 'install', '--force-reinstall', '--no-deps'];
  return `Install Halfnote's wheel again: ${inWords({ argv })} and the wheel's path.`;
}

/** No Python environment, or one whose Python doesn't run. */
export function environmentRemedy(installation: Installation): Remedy {
  switch (installation.kind) {
    case 'checkout':
      return byCommand(
        setUp(installation.folder, existsSync(installation.environment)),
        'makes it, with JupyterLab and TensorFlow',
      );
    case 'wheel':
      return { hint: 'Make the environment anew, and install Halfnote there.' };
    case 'npm':
      return { hint: 'The library needs none.' };
  }
}

/** Where a kernelspec is to be written. */
export type KernelPlace =
  { readonly kind: 'user' } | { readonly kind: 'prefix'; readonly prefix: string };

/** Our own command that writes a kernelspec there. */
export function kernelspecRemedy(
  installation: Installation,
  place: KernelPlace,
  does = 'makes the kernel known to Jupyter',
): Remedy {
  const where = place.kind === 'user' ? ['--user'] : ['--prefix', place.prefix];
  return byCommand({ argv: [...ownCommand(installation, MAIN), 'install', ...where] }, does);
}

/** The Lab extension isn't there, or not whole. */
export function extensionRemedy(installation: Installation, isThere: boolean): Remedy {
  switch (installation.kind) {
    case 'checkout':
      return byCommand(setUp(installation.folder, isThere), 'installs it');
    case 'wheel':
      return { hint: again(installation) };
    case 'npm':
      return {
        hint: "It comes with Halfnote's wheel, to be installed in the Jupyter server's environment.",
      };
  }
}

/** JupyterLab or Notebook is too old. */
export function jupyterRemedy(
  installation: Installation,
  requirement: string,
  packages?: PackagePlace,
): Remedy {
  switch (installation.kind) {
    case 'checkout':
      return byCommand(setUp(installation.folder, true), 'installs it');
    case 'wheel': {
      const command = pipInstall(installation.python, ['--upgrade', requirement], packages);
      return 'cannot' in command ? { hint: `${command.cannot}.` } : byCommand(command, 'gets one');
    }
    case 'npm':
      return {
        hint: `${inWords({ argv: ['pip', 'install', '--upgrade', requirement] })} gets one.`,
      };
  }
}

/** Node.js is too old, or past its end of life. */
export function nodeRemedy(installation: Installation): Remedy {
  const argv = newerNode(installation.kind === 'wheel' ? installation.python : undefined);
  return argv === undefined
    ? { hint: `Install Node.js 24 (the oldest that runs Halfnote is ${OLDEST_NODE}).` }
    : byCommand({ argv }, 'gets a newer one');
}
