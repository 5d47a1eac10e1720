#!/usr/bin/env node
/**
 * `npm run bench [-- suite...] [--peers]`: our library beside stock tfjs and, with `--peers`, PyTorch, in one run.
 * Prints medians and ratios and writes build/bench.json.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Peer } from '../test/bench/peer.mjs';
import { formatTable, median, quantile } from '../test/bench/statistics.mjs';
import { goals, suites } from '../test/bench/suites.mjs';
import { buildDir, jupyterEnvironment, root, venvPython } from './lib/paths.mjs';
import { runPackageManager } from './lib/network.mjs';
import { probe, run } from './lib/process.mjs';
import { Missing } from './lib/requirements.mjs';
import { writeAtomically } from './lib/steps.mjs';
import { main, setup } from './setup.mjs';

const ROUNDS = 5;
/** The goals are set for CPUs that have one of these. */
const BF16_INSTRUCTIONS = ['amx_bf16', 'avx512_bf16'];
const worker = (name) => join(root, 'test/bench/workers', name);

await main(async () => {
  const args = process.argv.slice(2);
  const named = args.filter((arg) => !arg.startsWith('--'));
  const known = [...Object.keys(suites), 'kernel'];
  const wrong = [
    ...named.filter((name) => !known.includes(name)),
    ...args.filter((arg) => arg.startsWith('--') && arg !== '--peers'),
  ];
  if (wrong.length > 0)
    throw new Missing(
      `The bench does not know ${wrong.join(', ')}. Suites: ${known.join(', ')}. Options: --peers.`,
    );
  const wanted = named.length > 0 ? named : known;

  await setup({ quiet: true });
  if (args.includes('--peers')) await installTorch();
  const facts = await deviceFacts();
  const report = {
    machine: {
      cpu: cpus()[0].model,
      threads: cpus().length,
      isa: facts.isa,
      engine: facts.engineVersion,
    },
    rows: [],
    goals: [],
  };

  const peers = await startPeers();
  try {
    for (const suite of wanted.filter((name) => name in suites)) {
      for (const [index, row] of suites[suite].entries())
        report.rows.push(await measure(suite, index, row, peers, facts));
    }
  } finally {
    Object.values(peers).forEach((peer) => peer.close());
  }
  if (wanted.includes('kernel')) report.rows.push(...(await measureKernel()));

  report.goals = goals.flatMap((goal) => judge(goal, report.rows, facts));
  print(report);
  const file = join(buildDir, 'bench.json');
  writeAtomically(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\nwritten to ${file}`);
});

/** Pinned: PyTorch's CPU build of it comes from wherever pip is configured to look (PIP_EXTRA_INDEX_URL). */
async function installTorch() {
  if (await probe(venvPython, ['-c', 'import torch'])) return;
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'torch==2.13.0'];
  await runPackageManager('Python package index', 'pip config list', venvPython, args);
}

async function deviceFacts() {
  const code = `require(${JSON.stringify(join(root, 'kernel/dist/index.js'))}).ensureBackend().then((facts) => console.log(JSON.stringify(facts)))`;
  return JSON.parse(
    (
      await run(process.execPath, ['-e', code], {
        env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
      })
    )
      .trim()
      .split('\n')
      .at(-1),
  );
}

async function startPeers() {
  const peers = {
    ours: new Peer('ours', [process.execPath, worker('ours.mjs')]),
    stock: new Peer('stock', [process.execPath, worker('stock.mjs')]),
  };
  const torch =
    (await probe(venvPython, ['-c', 'import torch; print(torch.__version__)'])) !== undefined;
  return torch ? { ...peers, torch: new Peer('torch', [venvPython, worker('torch.py')]) } : peers;
}

/** Times a row on its peers, alternating between them round by round. */
async function measure(suite, index, row, peers, facts) {
  const samples = {};
  const runs = row.runs.filter(({ peer }) => peer in peers);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { peer, format } of runs) {
      const seconds = await peers[peer].time(
        row.case,
        { ...row.parameters, format },
        row.repetitions,
      );
      (samples[`${peer} ${format}`] ??= []).push(...seconds);
    }
  }
  const results = runs.map(({ peer, format }) => {
    const name = `${peer} ${format}`;
    const medianS = median(samples[name]);
    return {
      name,
      execution: peer === 'ours' ? facts.formats[format].execution : 'native',
      medianS,
      p95S: quantile(samples[name], 0.95),
      operationsPerS: row.operations ? row.operations / medianS : null,
      repetitions: samples[name].length,
    };
  });
  return { suite, index, label: row.label, results };
}

async function measureKernel() {
  const rows = [];
  for (const kernel of ['halfnote', 'python3']) {
    const output = await run(
      venvPython,
      [join(root, 'test/bench/kernel_latency.py'), kernel, '5', '200'],
      { env: jupyterEnvironment() },
    );
    const { secondsEach } = JSON.parse(output.trim().split('\n').at(-1));
    const results = Object.entries(secondsEach).map(([name, seconds]) => ({
      name,
      medianS: median(seconds),
      p95S: quantile(seconds, 0.95),
      repetitions: seconds.length,
    }));
    rows.push({ suite: 'kernel', index: 0, label: `kernel ${kernel}`, results });
  }
  return rows;
}

function judge(goal, rows, facts) {
  const row = rows.find(({ suite, index }) => suite === goal.suite && index === goal.row);
  if (!row) return [];
  const find = (name) => row.results.find((result) => result.name === name);
  const ratio = find(goal.to).medianS / find(goal.of).medianS;
  const applies = BF16_INSTRUCTIONS.some((set) => facts.isa.includes(set));
  return [{ label: row.label, ...goal, ratio, applies }];
}

function print({ machine, rows, goals: judged }) {
  console.log(
    `\n${machine.cpu}, ${machine.threads} threads, ${machine.isa.join(' ')}; TensorFlow ${machine.engine}\n`,
  );
  for (const row of rows) {
    const first = row.results[0].medianS;
    const header = [
      row.label,
      'median',
      'p95',
      row.results[0].operationsPerS ? 'GOP/s' : '',
      'ratio',
      '',
    ];
    const lines = row.results.map((r) => [
      `  ${r.name}`,
      `${(r.medianS * 1e3).toFixed(2)} ms`,
      `${(r.p95S * 1e3).toFixed(2)} ms`,
      r.operationsPerS ? (r.operationsPerS / 1e9).toFixed(0) : '',
      row.suite === 'kernel' ? '' : `${(first / r.medianS).toFixed(2)}x`,
      r.execution === 'simulated' ? 'simulated' : '',
    ]);
    console.log(`${formatTable([header, ...lines])}\n`);
  }
  for (const { label, of, to, ratio, atLeast, applies } of judged) {
    const met = ratio >= atLeast ? 'reached' : 'missed';
    const verdict = applies ? met : `${met}, but set for a CPU with AMX or AVX-512 BF16`;
    console.log(`${label}: ${of} is ${ratio.toFixed(2)}x ${to}, goal ${atLeast}x: ${verdict}`);
  }
}
