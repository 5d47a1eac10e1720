import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { firstLine } from '../errors';
import { type Installation, pythonIn } from '../installation';
import type { PackagePlace } from '../remedies/pip';
import { environmentRemedy } from '../remedies/remedies';
import type { Finding } from './view';

/** A distribution that a Python would import. */
export interface Distribution {
  readonly name: string;
  readonly version: string;
  /** The folder of packages that it lies in. */
  readonly folder: string;
}

/** What a Python says of itself. */
export interface PythonFacts {
  /** For example `3.12.1`. */
  readonly version: string;
  readonly prefix: string;
  readonly place: PackagePlace;
  /** Those of {@link NAMES} that are there, in the order in which they are looked for. */
  readonly distributions: readonly Distribution[];
}

/** All of these bring the package `tensorflow`. */
const TENSORFLOWS = [
  'tensorflow',
  'tensorflow-cpu',
  'tensorflow-rocm',
  'tf-nightly',
  'tf-nightly-cpu',
  'intel-tensorflow',
] as const;
const NAMES = [...TENSORFLOWS, 'jupyterlab', 'notebook'] as const;

/** Nothing of the folder that it is started in is imported. */
const QUESTION = `
import sys
sys.path = [path for path in sys.path if path]
import importlib.util, json, os, site, sysconfig
from importlib.metadata import distributions

folder = sysconfig.get_path('purelib')
nearest = folder
while not os.path.exists(nearest):
    nearest = os.path.dirname(nearest)
virtual = sys.prefix != sys.base_prefix
found = {}
for name in sys.argv[1:]:
    for one in distributions(name=name):
        where = os.path.realpath(one.locate_file(''))
        found.setdefault((name, where), one.version)
order = [os.path.realpath(path) for path in sys.path]
rank = lambda folder: order.index(folder) if folder in order else len(order)
rows = sorted(([name, version, where] for (name, where), version in found.items()), key=lambda row: rank(row[2]))
print(json.dumps({
    'version': '%d.%d.%d' % sys.version_info[:3],
    'prefix': sys.prefix,
    'place': {
        'folder': folder,
        'isWritable': os.access(nearest, os.W_OK),
        'hasUserSite': bool(site.ENABLE_USER_SITE),
        'hasPip': importlib.util.find_spec('pip') is not None,
        'isManaged': not virtual and os.path.exists(os.path.join(sysconfig.get_path('stdlib'), 'EXTERNALLY-MANAGED')),
    },
    'distributions': [dict(zip(('name', 'version', 'folder'), row)) for row in rows],
}))`;

const MOST_MS = 20_000;

/** Asks a Python. @throws Error in one line where it doesn't run. */
export function askPython(python: string): PythonFacts {
  const { status, error, stdout, stderr } = spawnSync(python, ['-c', QUESTION, ...NAMES], {
    encoding: 'utf8',
    timeout: MOST_MS,
    cwd: tmpdir(),
  });
  if (error !== undefined) throw new Error(firstLine(error));
  if (status !== 0)
    throw new Error(stderr.trim().split('\n').at(-1) || `exit code ${status ?? ''}`);
  return JSON.parse(stdout) as PythonFacts;
}

/** The Python that belongs to this package, and why it doesn't answer; neither where none is needed. */
export interface PythonAnswer {
  readonly facts?: PythonFacts;
  readonly failure?: string;
}

/** An npm package needs no Python, a checkout and a wheel have their own. */
export function pythonOf(installation: Installation): PythonAnswer {
  if (installation.kind === 'npm') return {};
  const python =
    installation.kind === 'wheel' ? installation.python : pythonIn(installation.environment);
  try {
    return { facts: askPython(python) };
  } catch (error) {
    return { failure: firstLine(error) };
  }
}

/** The environment, and the TensorFlows in it. */
export function pythonFindings(
  installation: Installation,
  { facts, failure }: PythonAnswer,
): Finding[] {
  const name = 'Python environment';
  if (failure !== undefined) {
    const value = `its Python doesn't run: ${failure}`;
    return [{ name, value, state: 'missing', ...environmentRemedy(installation) }];
  }
  if (facts === undefined) return [];
  const { version, prefix } = facts;
  return [
    { name, value: `Python ${version} in ${prefix}`, state: 'ok' },
    ...tensorflowPackages(facts),
  ];
}

/** The distributions that bring TensorFlow, that which Python would import first. */
export function tensorflowsOf({ distributions }: PythonFacts): readonly Distribution[] {
  return distributions.filter(({ name }) => TENSORFLOWS.some((one) => one === name));
}

function tensorflowPackages(facts: PythonFacts): Finding[] {
  const found = tensorflowsOf(facts);
  const [used, ...others] = found;
  if (used === undefined) return [];
  const what = 'TensorFlow package';
  if (others.length === 0)
    return [{ name: what, value: `${used.name} ${used.version} in ${used.folder}`, state: 'ok' }];
  const folders = new Set(found.map(({ folder }) => folder));
  const list = found.map(({ name, version, folder }) => `${name} ${version} in ${folder}`);
  return [
    {
      name: what,
      value: `${found.length} of them: ${list.join('; ')}`,
      state: 'note',
      hint:
        folders.size === found.length
          ? `Python uses the first, ${used.name} ${used.version}; uninstall the one that isn't wanted.`
          : 'Two in one folder overwrite each other, and what was installed last is used (the row engine names it): uninstall them all, then install one.',
    },
  ];
}
