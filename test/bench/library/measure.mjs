import { join } from 'node:path';
import { root, venvPython } from '../../../scripts/lib/paths.mjs';
import { probe } from '../../../scripts/lib/process.mjs';
import { median, quantile } from '../statistics.mjs';
import { Peer } from './peer.mjs';
import { goals, suites } from './suites.mjs';

const ROUNDS = 5;
/** The goals are set for CPUs that have one of these. */
const BF16_INSTRUCTIONS = ['amx_bf16', 'avx512_bf16'];
const worker = (name) => join(root, 'test/bench/library/workers', name);

/** Times the suites' rows on our library, stock tfjs and, where they are installed, PyTorch and Keras. */
export async function measureLibrary(wanted, facts) {
  const peers = await startPeers();
  const rows = [];
  try {
    for (const suite of wanted)
      for (const [index, row] of suites[suite].entries())
        rows.push(await measure(suite, index, row, peers, facts));
  } finally {
    Object.values(peers).forEach((peer) => peer.close());
  }
  return rows;
}

async function startPeers() {
  const peers = {
    ours: new Peer('ours', [process.execPath, worker('ours.mjs')]),
    stock: new Peer('stock', [process.execPath, worker('stock.mjs')]),
    codec: new Peer('codec', [process.execPath, worker('codec.mjs')]),
  };
  for (const name of ['torch', 'keras'])
    if ((await probe(venvPython, ['-c', `import ${name}`])) !== undefined)
      peers[name] = new Peer(name, [venvPython, worker(`${name}_peer.py`)]);
  return peers;
}

/** Times a row on its peers, alternating between them round by round. */
async function measure(suite, index, row, peers, facts) {
  const samples = {};
  const runs = row.runs.filter(({ peer }) => peer in peers);
  for (let round = 0; round < ROUNDS; round++) {
    process.stderr.write(`${suite}: ${row.label}, round ${round + 1} of ${ROUNDS}\n`);
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

/** The goals whose rows were measured: what is asked, what was measured, and the verdict. */
export function judgeLibrary(rows, facts) {
  return goals.flatMap((goal) => {
    const row = rows.find(({ suite, index }) => suite === goal.suite && index === goal.row);
    if (!row) return [];
    const find = (name) => row.results.find((result) => result.name === name);
    const name = `${row.label}: ${goal.of} at least ${shown(goal.atLeast)}x ${goal.to}`;
    const missing = [goal.of, goal.to].filter((result) => find(result) === undefined);
    if (missing.length > 0) {
      const verdict = `open: ${missing.join(' and ')} was not measured`;
      return [{ goal: name, measured: '', verdict, met: false, applies: false }];
    }
    const ratio = find(goal.to).medianS / find(goal.of).medianS;
    const met = ratio >= goal.atLeast;
    const applies =
      goal.anywhere === true || BF16_INSTRUCTIONS.some((set) => facts.isa.includes(set));
    const verdict = met ? 'reached' : 'missed';
    return [
      {
        goal: name,
        measured: `${ratio.toFixed(2)}x`,
        verdict: applies ? verdict : `${verdict}, but set for a CPU with AMX or AVX-512 BF16`,
        met,
        applies,
      },
    ];
  });
}

const shown = (ratio) => String(Number(ratio.toFixed(2)));

/** Each row as a table: medians, p95, and how many times faster than the row's first. */
export function libraryTables(rows) {
  return rows.map((row) => {
    const first = row.results[0];
    const header = [row.label, 'median', 'p95', first.operationsPerS ? 'GOP/s' : '', 'ratio', ''];
    const lines = row.results.map((r) => [
      `  ${r.name}`,
      `${(r.medianS * 1e3).toFixed(2)} ms`,
      `${(r.p95S * 1e3).toFixed(2)} ms`,
      r.operationsPerS ? (r.operationsPerS / 1e9).toPrecision(3) : '',
      `${(first.medianS / r.medianS).toFixed(2)}x`,
      r.execution === 'simulated' ? 'simulated' : '',
    ]);
    return [header, ...lines];
  });
}
