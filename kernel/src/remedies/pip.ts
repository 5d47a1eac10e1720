import type { Command } from './command';

/** What a Python says of the place that pip installs into. */
export interface PackagePlace {
  readonly folder: string;
  readonly isWritable: boolean;
  /** Whether it sees packages of the user's own, so that `--user` installs. */
  readonly hasUserSite: boolean;
  readonly hasPip: boolean;
  /** Belongs to the system's package manager, and refuses pip (PEP 668). */
  readonly isManaged: boolean;
}

/** `pip install` in the environment of `python`, or why that can't be: one sentence without its end. */
export function pipInstall(
  python: string,
  packages: readonly string[],
  place?: PackagePlace,
): Command | { readonly cannot: string } {
  const command = (...options: readonly string[]): Command => ({
    argv: [python, '-m', 'pip', 'install', ...options, ...packages],
  });
  if (place === undefined) return command();
  const what = packages.filter((name) => !name.startsWith('-')).join(' and ');
  if (place.isManaged) {
    return {
      cannot: `${python} belongs to the system and takes no packages from pip (PEP 668): make an environment (${python} -m venv), and install Halfnote and ${what} there`,
    };
  }
  if (!place.hasPip) {
    return {
      cannot: `${python} has no pip: install ${what} there as its other packages were (uv pip install, conda install)`,
    };
  }
  if (place.isWritable) return command();
  if (place.hasUserSite) return command('--user');
  return {
    cannot: `${place.folder} is read-only for you: ask who owns it for ${what}, or install Halfnote and ${what} in an environment of your own`,
  };
}
