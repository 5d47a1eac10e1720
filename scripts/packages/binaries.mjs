/**
 * Compiled code by platform, as the packages lay it out: what of it belongs to one platform, and what a
 * machine needs to load it.
 */

/**
 * @typedef {object} Platform
 * @property {NodeJS.Platform} os
 * @property {string} arch  as Node.js calls it
 */

/** @returns {Platform} the one this runs on */
export const here = () => ({ os: process.platform, arch: process.arch });

/**
 * ZeroMQ has an addon for each version of Node-API's ABI that it was built with; the newest one that
 * every supported Node.js loads.
 */
const ZEROMQ = {
  linux: (arch) => `build/linux/${arch}/node/glibc-127-Release/addon.node`,
  darwin: (arch) => `build/darwin/${arch}/node/libc-115-Release/addon.node`,
  win32: (arch) => `build/win32/${arch}/node/msvc-115-Release/addon.node`,
};

/**
 * Whether a file of a package is compiled for another platform than this one.
 * @param {string} name  its package
 * @param {string} path  within the package, with `/`
 * @param {Platform} platform
 */
export function isForeign(name, path, { os, arch }) {
  if (name === 'onnxruntime-node' && path.startsWith('bin/'))
    return !path.includes(`/${os}/${arch}/`);
  if (name === 'zeromq' && path.endsWith('.node')) return path !== ZEROMQ[os](arch);
  if (name.startsWith('@koromix/koffi-')) return name !== `@koromix/koffi-${os}-${arch}`;
  return false;
}

/** The index of ZeroMQ's addons with those alone that are there. @param {string} text */
export function zeromqManifest(text, { os, arch }) {
  const place = ZEROMQ[os](arch).replace(/^build\//, '');
  const all = Object.entries(JSON.parse(text));
  const kept = all.filter(([, file]) => file === place);
  if (kept.length === 0) throw new Error(`ZeroMQ has no addon ${place} for ${os} ${arch}.`);
  return JSON.stringify(Object.fromEntries(kept));
}
