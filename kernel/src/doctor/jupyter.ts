import { accessSync, constants, existsSync, lstatSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { firstLine } from '../errors';
import { findInstallation, MAIN, type Installation } from '../installation';
import { byCommand, type Remedy } from '../remedies/command';
import { extensionRemedy, kernelspecRemedy, setUp, type KernelPlace } from '../remedies/remedies';
import { environmentFolder, jupyterDataFolder, jupyterFolders, sharedFolder } from './places';
import type { Finding } from './view';

/** What of Jupyter is looked at, and from which installation. */
export interface JupyterView {
  readonly installation: Installation;
  /** Where Jupyter looks, nearest first. */
  readonly folders: readonly string[];
  /** That of the environment, if there is one. */
  readonly environment: string | undefined;
  /** That of the user. */
  readonly user: string;
  /** Our compiled command. */
  readonly main: string;
}

/** This process's own. */
export function jupyterHere(env: NodeJS.ProcessEnv = process.env): JupyterView {
  const installation = findInstallation(env);
  return {
    installation,
    folders: jupyterFolders(env, installation),
    environment: environmentFolder(env, installation),
    user: jupyterDataFolder(env),
    main: MAIN,
  };
}

const KERNELSPEC = 'kernelspec';
const EXTENSION = 'Lab extension';

/** The kernelspec in the first of Jupyter's folders that has one: whether it starts this Halfnote. */
export function kernelspecFinding(view: JupyterView): Finding {
  const name = KERNELSPEC;
  const folder = firstWith(view.folders, 'kernels/halfnote', 'kernel.json');
  if (folder === undefined) return absentKernelspec(view);
  const argv = argvOf(join(folder, 'kernel.json'));
  if (typeof argv === 'string') {
    const value = `${folder} can't be used: ${argv}`;
    return { name, value, state: 'missing', ...rewrite(view, folder) };
  }
  const gone = [argv[0], scriptOf(argv)].find(
    (path) => path !== undefined && isAbsolute(path) && !existsSync(path),
  );
  if (gone !== undefined) {
    const value = `${folder} starts ${gone}, which is not there`;
    return { name, value, state: 'missing', ...rewrite(view, folder) };
  }
  if (isOwn(view, argv)) return { name, value: folder, state: 'ok' };
  const starts = scriptOf(argv) ?? argv.slice(0, 3).join(' ');
  return {
    name,
    value: `${folder} starts another copy of Halfnote: ${starts}`,
    state: 'note',
    hint: rewrite(view, folder).hint,
  };
}

function absentKernelspec(view: JupyterView): Finding {
  const { installation, environment } = view;
  const found = { name: KERNELSPEC, value: 'in no Jupyter folder' };
  switch (installation.kind) {
    case 'npm': {
      const { hint } = kernelspecRemedy(installation, { kind: 'user' });
      return { ...found, state: 'note', hint: `The library needs none. ${hint}` };
    }
    case 'checkout':
      return {
        ...found,
        state: 'missing',
        ...byCommand(setUp(installation.folder), 'makes the kernel known to Jupyter'),
      };
    case 'wheel': {
      const own = environment !== undefined && canWrite(environment);
      const place: KernelPlace = own ? { kind: 'prefix', prefix: environment } : { kind: 'user' };
      return { ...found, state: 'missing', ...kernelspecRemedy(installation, place) };
    }
  }
}

/** Written anew where it is, if that is a place that we write to. */
function rewrite(view: JupyterView, folder: string): Remedy {
  const data = dirname(dirname(folder));
  const does = 'makes Jupyter start this one';
  if (data === view.user) return kernelspecRemedy(view.installation, { kind: 'user' }, does);
  const prefix = dirname(dirname(data));
  if (data !== sharedFolder(prefix))
    return { hint: `Remove ${folder}, or write ${join(folder, 'kernel.json')} anew.` };
  if (!canWrite(data))
    return { hint: `Ask who owns ${folder} to remove it: it is read-only for you.` };
  return kernelspecRemedy(view.installation, { kind: 'prefix', prefix }, does);
}

/** What a kernelspec starts; why that can't be told. */
function argvOf(file: string): readonly string[] | string {
  try {
    const { argv } = JSON.parse(readFileSync(file, 'utf8')) as { readonly argv?: unknown };
    return Array.isArray(argv) && argv.length > 0 && argv.every((word) => typeof word === 'string')
      ? argv
      : 'it has no argv';
  } catch (error) {
    return firstLine(error);
  }
}

/** The file of JavaScript that Node.js is to run. */
function scriptOf(argv: readonly string[]): string | undefined {
  return argv.slice(1).find((word) => /\.[cm]?js$/.test(word));
}

function isOwn({ installation, main }: JupyterView, argv: readonly string[]): boolean {
  const script = scriptOf(argv);
  if (script !== undefined)
    return isAbsolute(script) && existsSync(main) && realpathSync(script) === realpathSync(main);
  const [python = '', ...rest] = argv;
  if (installation.kind !== 'wheel' || !rest.join(' ').startsWith('-m halfnote')) return false;
  // Jupyter puts its own Python in place of this word.
  if (/^python[\d.]*$/.test(python)) return true;
  return dirname(python) === dirname(installation.python);
}

/** The Lab extension in the first of Jupyter's folders that has it: whether it is whole. */
export function extensionFinding({ installation, folders }: JupyterView): Finding {
  const name = EXTENSION;
  const folder = folders
    .map((one) => join(one, 'labextensions', 'halfnote-lab'))
    .find((one) => lstatSync(one, { throwIfNoEntry: false }) !== undefined);
  const remedy = extensionRemedy(installation, folder !== undefined);
  if (folder === undefined) {
    return {
      name,
      value: 'in no Jupyter folder; tables and plots show in their plain form',
      ...(installation.kind === 'npm'
        ? { state: 'note', hint: remedy.hint }
        : { state: 'missing', ...remedy }),
    };
  }
  const fault = faultOf(folder);
  return fault === undefined
    ? { name, value: folder, state: 'ok' }
    : { name, value: `${folder} can't be loaded: ${fault}`, state: 'missing', ...remedy };
}

/** What keeps JupyterLab from loading it. */
function faultOf(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return `${basename(file)} is not there`;
  try {
    const { jupyterlab } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly jupyterlab?: { readonly _build?: { readonly load?: string } };
    };
    const load = jupyterlab?._build?.load;
    if (load === undefined) return `${file} names no file to load`;
    return existsSync(join(folder, load)) ? undefined : `${load} is not there`;
  } catch (error) {
    return firstLine(error);
  }
}

function firstWith(folders: readonly string[], path: string, proof: string): string | undefined {
  return folders.map((folder) => join(folder, path)).find((one) => existsSync(join(one, proof)));
}

/** Whether files can be made below a path, of which not all need be there. */
function canWrite(path: string): boolean {
  let nearest = path;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
