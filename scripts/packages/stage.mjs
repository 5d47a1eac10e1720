import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { isForeign, zeromqManifest } from './binaries.mjs';
import { closure } from './closure.mjs';
import { leftOut, NEEDED } from './contents.mjs';
import { copy, write } from './disk.mjs';
import { filesOf, kernelFiles } from './files.mjs';
import { looseEnds } from './loose-ends.mjs';
import { writeStandIn } from './stand-in.mjs';

/**
 * Copies the compiled kernel and all that it needs to run on one platform into `to/node_modules`, each
 * package where it lies in the checkout's. The native binding isn't among it.
 * @param {{root: string, to: string, platform: import('./binaries.mjs').Platform}} options
 * @returns {import('./closure.mjs').Installed[]} the packages that were copied, the kernel not among them
 * @throws where what is kept asks for what is left out
 */
export function stage({ root, to, platform }) {
  const kernel = join(root, 'kernel');
  const modules = join(to, 'node_modules');
  const packages = closure(kernel, NEEDED).filter(({ name }) => !isForeign(name, '', platform));
  const copies = packages.map(({ name, folder }) => {
    const target = join(modules, placeIn(root, folder));
    copyPackage({ name, folder, target, platform });
    return { folder, target };
  });
  const { manifest } = packages.find(({ name }) => name === 'typescript');
  writeStandIn(modules, manifest.version);
  for (const path of ['package.json', ...kernelFiles(kernel)])
    copy(join(kernel, path), join(modules, 'halfnote', path));
  const loose = looseEnds([...copies, { folder: kernel, target: join(modules, 'halfnote') }]);
  if (loose.length > 0)
    throw new Error(`Left out, and needed (scripts/packages/contents.mjs):\n${loose.join('\n')}`);
  return packages;
}

/** Below `node_modules`: packages that only the kernel sees lie within it. */
function placeIn(root, folder) {
  const path = relative(root, folder).split(sep).join('/');
  return path.startsWith('kernel/')
    ? path.replace(/^kernel\//, 'halfnote/')
    : path.replace(/^node_modules\//, '');
}

function copyPackage({ name, folder, target, platform }) {
  for (const path of filesOf(folder)) {
    if (leftOut(name, path) !== undefined || isForeign(name, path, platform)) continue;
    const [from, to] = [join(folder, path), join(target, path)];
    if (name === 'zeromq' && path === 'build/manifest.json')
      write(to, zeromqManifest(readFileSync(from, 'utf8'), platform));
    else copy(from, to);
  }
}
