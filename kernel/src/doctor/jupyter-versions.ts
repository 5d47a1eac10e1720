import type { Installation } from '../installation';
import { jupyterRemedy } from '../remedies/remedies';
import type { PythonFacts } from './python';
import type { Finding } from './view';

interface Application {
  readonly name: string;
  readonly distribution: string;
  /** The oldest and the newest that the extension is tested in: major and minor. */
  readonly oldest: string;
  readonly newest: string;
}

/** Where the extension runs. */
export const APPLICATIONS: readonly Application[] = [
  { name: 'JupyterLab', distribution: 'jupyterlab', oldest: '4.2', newest: '4.6' },
  { name: 'Notebook', distribution: 'notebook', oldest: '7.2', newest: '7.6' },
];

/** JupyterLab and Notebook of an environment beside those that the extension is tested in. */
export function jupyterVersions(installation: Installation, facts: PythonFacts): Finding[] {
  return APPLICATIONS.flatMap((application) => {
    const { name, distribution } = application;
    const found = facts.distributions.find((one) => one.name === distribution);
    return found === undefined ? [] : [{ name, ...judged(application, found.version) }];
  });

  function judged(
    { distribution, oldest, newest }: Application,
    version: string,
  ): Omit<Finding, 'name'> {
    if (order(version, oldest) < 0) {
      return {
        value: `${version}: the extension needs ${oldest} or newer; outputs show in their plain form`,
        state: 'note',
        hint: jupyterRemedy(installation, `${distribution}>=${oldest}`, facts.place).hint,
      };
    }
    if (order(version, newest) > 0)
      return {
        value: `${version}: newer than ${newest}, the newest that was tested`,
        state: 'note',
      };
    return { value: version, state: 'ok' };
  }
}

/** By major and minor version. */
function order(a: string, b: string): number {
  const [[major = 0, minor = 0], [ofMajor = 0, ofMinor = 0]] = [a, b].map((version) =>
    version.split('.').map((part) => Number.parseInt(part, 10)),
  ) as [number[], number[]];
  return major - ofMajor || minor - ofMinor;
}
