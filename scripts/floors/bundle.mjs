import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';

/**
 * What code of the bundled rooms can't have in a browser, one sentence for each file that imports a
 * module of Node.js. Imports of types are none here: they are gone when it runs.
 * @param {string} baseDir
 * @param {Pick<typeof import('./floors.mjs'), 'bundled' | 'exempt'>} rules
 * @returns {Promise<string[]>}
 */
export async function bundleProblems(baseDir, { bundled, exempt }) {
  const folders = bundled.rooms.map((name) => `kernel/src/${name}`);
  const there = folders.filter((folder) => existsSync(join(baseDir, folder)));
  if (there.length === 0) return [];
  const { output } = await cruise(there, {
    baseDir,
    tsPreCompilationDeps: false,
    exclude: { path: exempt.source },
    doNotFollow: { path: ['node_modules', '/dist/'] },
  });
  const entries = output.modules
    .map(({ source }) => source)
    .filter((file) => there.some((folder) => file.startsWith(`${folder}/`)));
  const ways = waysFrom(entries, output.modules);
  return output.modules.flatMap(({ source, dependencies }) =>
    dependencies
      .filter(({ coreModule }) => coreModule)
      .map(({ resolved }) => {
        const [entry, ...between] = ways.get(source) ?? [source];
        return `${entry} reaches ${[...between, `node:${resolved.replace(/^node:/, '')}`].join(' -> ')}: ${bundled.why}.`;
      }),
  );
}

/** The shortest way to each file from one of the entries. */
function waysFrom(entries, modules) {
  const importsOf = new Map(
    modules.map(({ source, dependencies }) => [source, dependencies.map((one) => one.resolved)]),
  );
  const ways = new Map(entries.map((entry) => [entry, [entry]]));
  // Files that are found on the way are visited after those that are there.
  for (const [file, way] of ways)
    for (const next of importsOf.get(file) ?? [])
      if (!ways.has(next)) ways.set(next, [...way, next]);
  return ways;
}
