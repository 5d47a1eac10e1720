#!/usr/bin/env node
/**
 * `npm run bench [-- suite...] [--peers]`: our library beside stock tfjs, our kernel beside ipykernel, our
 * energy monitor beside CodeCarbon and Zeus, our extension in JupyterLab, sweeps beside single runs; `--peers` installs those, PyTorch and stock tslab, and takes
 * them in. Prints medians, p95 and the verdict on
 * each goal, and writes build/bench.json.
 */
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { energyTables, judgeEnergy } from '../test/bench/energy/goals.mjs';
import { installEnergyPeers, measureEnergy } from '../test/bench/energy/measure.mjs';
import { extensionTables, judgeExtension } from '../test/bench/extension/goals.mjs';
import { measureExtension } from '../test/bench/extension/measure.mjs';
import { judgeKernel } from '../test/bench/kernel/goals.mjs';
import { kernelTables, measureKernel } from '../test/bench/kernel/measure.mjs';
import { growthTables, judgeGrowth, measureGrowth } from '../test/bench/library/growth.mjs';
import { judgeLibrary } from '../test/bench/library/judge.mjs';
import { libraryTables, measureLibrary } from '../test/bench/library/measure.mjs';
import { suites } from '../test/bench/library/suites.mjs';
import { installPeers, tslabSetup } from '../test/bench/peers.mjs';
import { formatTable } from '../test/bench/statistics.mjs';
import { judgeSweep, sweepTables } from '../test/bench/sweep/goals.mjs';
import { measureSweep } from '../test/bench/sweep/measure.mjs';
import { buildDir, root } from './lib/paths.mjs';
import { run } from './lib/process.mjs';
import { Missing } from './lib/requirements.mjs';
import { writeAtomically } from './lib/steps.mjs';
import { main, setup } from './setup.mjs';

await main(async () => {
  const { wanted, peers } = parse(process.argv.slice(2));
  const librarySuites = wanted.filter((name) => name in suites);
  const withKernel = wanted.includes('kernel');
  const withEnergy = wanted.includes('energy');

  await setup({ quiet: true, tests: true });
  if (peers) await installPeers({ torch: librarySuites.length > 0, tslab: withKernel });
  if (peers && withEnergy) await installEnergyPeers();
  const facts = await deviceFacts();
  const load = loadavg()[0];
  const library = librarySuites.length > 0 ? await measureLibrary(librarySuites, facts) : [];
  const growth = librarySuites.includes('training') ? await measureGrowth() : [];
  const kernel = withKernel ? [await measureKernel()] : [];
  const energy = withEnergy ? [await measureEnergy()] : [];
  const extension = wanted.includes('extension') ? [await measureExtension()] : [];
  const sweep = wanted.includes('sweep') ? [await measureSweep()] : [];

  const report = {
    machine: {
      cpu: cpus()[0].model,
      threads: cpus().length,
      isa: facts.isa,
      engine: facts.engineVersion,
      loadAverage: { before: load, after: loadavg()[0] },
    },
    rows: [...library, ...growth, ...kernel, ...energy, ...extension, ...sweep],
    goals: [
      ...judgeLibrary(library, facts),
      ...judgeGrowth(growth),
      ...judgeKernel(kernel),
      ...judgeEnergy(energy),
      ...judgeExtension(extension),
      ...judgeSweep(sweep),
    ],
  };
  print(report, [
    ...libraryTables(library),
    ...growthTables(growth),
    ...kernelTables(kernel),
    ...energyTables(energy),
    ...extensionTables(extension),
    ...sweepTables(sweep),
  ]);
  if (withKernel && !tslabSetup())
    console.log('\nStock tslab is not installed here; --peers installs it beside and measures it.');
  const file = join(buildDir, 'bench.json');
  writeAtomically(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\nwritten to ${file}`);
});

function parse(args) {
  const named = args.filter((arg) => !arg.startsWith('--'));
  const known = [...Object.keys(suites), 'kernel', 'energy', 'extension', 'sweep'];
  const wrong = [
    ...named.filter((name) => !known.includes(name)),
    ...args.filter((arg) => arg.startsWith('--') && arg !== '--peers'),
  ];
  if (wrong.length > 0)
    throw new Missing(
      `The bench does not know ${wrong.join(', ')}. Suites: ${known.join(', ')}. Options: --peers.`,
    );
  return { wanted: named.length > 0 ? named : known, peers: args.includes('--peers') };
}

async function deviceFacts() {
  const code = `require(${JSON.stringify(join(root, 'kernel/dist/index.js'))}).ensureBackend().then((facts) => console.log(JSON.stringify(facts)))`;
  const output = await run(process.execPath, ['-e', code], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  return JSON.parse(output.trim().split('\n').at(-1));
}

function print({ machine, goals }, tables) {
  const { cpu, threads, isa, engine, loadAverage } = machine;
  console.log(`\n${cpu}, ${threads} threads, ${isa.join(' ')}; TensorFlow ${engine}`);
  console.log(
    `load average ${loadAverage.before.toFixed(2)} before, ${loadAverage.after.toFixed(2)} after\n`,
  );
  for (const table of tables) console.log(`${formatTable(table)}\n`);
  if (goals.length === 0) return;
  const lines = goals.map(({ goal, measured, verdict }) => [goal, measured, verdict]);
  console.log(formatTable([['goal', 'measured', 'verdict'], ...lines]));
}
