import { STAND_IN } from '../stand-in.mjs';
import { BUNDLED } from './bundled.mjs';

/** @typedef {import('../binaries.mjs').Platform} Platform */
/** @typedef {Record<string, any>} Manifest */

/** The package of what is compiled for one platform. @param {Platform} platform */
export const bindingName = ({ os, arch }) => `@halfnote/binding-${os}-${arch}`;

/**
 * What npm gets of `kernel/package.json`: each dependency in the version that was tested, also those of
 * bundled packages, and the compiled parts of each platform in this very version.
 * @param {Manifest} kernel
 * @param {(name: string) => string} versionOf  by the lock file
 * @param {readonly Platform[]} platforms
 * @returns {Manifest}
 */
export function libraryManifest(kernel, versionOf, platforms) {
  const own = Object.keys(kernel.dependencies).map((name) => [name, versionOf(name)]);
  const theirs = [...BUNDLED.values()].flatMap(({ needs }) => needs);
  const added = theirs.filter((name) => name !== STAND_IN).map((name) => [name, versionOf(name)]);
  const standIn = [STAND_IN, versionOf('typescript')];
  return {
    ...kernel,
    files: undefined,
    dependencies: sorted([...own, ...added, standIn]),
    bundleDependencies: [...BUNDLED.keys(), STAND_IN],
    optionalDependencies: sorted(platforms.map((one) => [bindingName(one), kernel.version])),
  };
}

/**
 * A bundled package's, without scripts and what they need.
 * @param {Manifest} manifest
 * @param {(name: string) => string} versionOf
 * @returns {Manifest}
 */
export function bundledManifest(manifest, versionOf) {
  const { name, version, description, license, author, repository } = manifest;
  const { main, needs } = BUNDLED.get(name);
  const entry = main === undefined ? manifest : { main: `${main}.js`, types: `${main}.d.ts` };
  const dependencies = sorted(
    needs.map((need) => [need, versionOf(need === STAND_IN ? 'typescript' : need)]),
  );
  return {
    ...{ name, version, description, license, author, repository },
    ...{ main: entry.main, types: entry.types, dependencies },
  };
}

/**
 * @param {Manifest} kernel
 * @param {Platform} platform
 * @returns {Manifest}
 */
export function bindingManifest({ version, license, engines }, platform) {
  return {
    name: bindingName(platform),
    version,
    description: `What halfnote has compiled for ${platform.os} ${platform.arch}`,
    license: `${license} AND MIT`,
    engines,
    os: [platform.os],
    cpu: [platform.arch],
    ...(platform.os === 'linux' ? { libc: ['glibc'] } : {}),
  };
}

const sorted = (entries) =>
  Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
