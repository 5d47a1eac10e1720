import { join } from 'node:path';
import { root, venvPython } from '../../../scripts/lib/paths.mjs';
import { probe } from '../../../scripts/lib/process.mjs';
import { median, quantile } from '../statistics.mjs';
import { Peer } from './peer.mjs';
import { suites } from './suites.mjs';

const ROUNDS = 5;
const worker = (name) => join(root, 'test/bench/library/workers', name);
const node = (name) => [process.execPath, worker(`${name}.mjs`)];
const python = (name) => [venvPython, worker(`${name}_peer.py`)];

/** What each peer is run by, in which environment, and the Python module without which it can't be. */
const PEERS = {
  ours: { command: node('ours') },
  eager: { command: node('ours'), env: { HALFNOTE_ONE_PROGRAM: 'off' } },
  xla: { command: node('ours'), env: { BENCH_XLA: '1' } },
  stock: { command: node('stock') },
  codec: { command: node('codec') },
  torch: { command: python('torch'), module: 'torch' },
  keras: { command: python('keras'), module: 'keras' },
  ort: { command: python('ort'), module: 'onnxruntime' },
};

/** Times the suites' rows on our library, stock tfjs and those other peers that are installed. */
export async function measureLibrary(wanted, facts) {
  const installed = await installedPeers();
  const rows = [];
  for (const suite of wanted)
    for (const [index, row] of suites[suite].entries()) {
      const unknown = row.runs.find(({ peer }) => !Object.hasOwn(PEERS, peer));
      if (unknown !== undefined) throw new Error(`'${row.label}' names no peer: ${unknown.peer}`);
      const runs = row.runs.filter(({ peer }) => installed.includes(peer));
      rows.push(await measure({ suite, index, ...row, runs }, facts));
    }
  return rows;
}

async function installedPeers() {
  const names = Object.keys(PEERS);
  const there = await Promise.all(
    names.map(async (name) => {
      const { module } = PEERS[name];
      return !module || (await probe(venvPython, ['-c', `import ${module}`])) !== undefined;
    }),
  );
  return names.filter((_, i) => there[i]);
}

/** Times a row on its peers, alternating between them round by round; each is a process of its own. */
async function measure(row, facts) {
  const peers = startPeers(new Set(row.runs.map(({ peer }) => peer)), facts);
  const samples = new Map(row.runs.map((run) => [run, { seconds: [], told: {} }]));
  try {
    for (let round = 0; round < ROUNDS; round++) {
      process.stderr.write(`${row.suite}: ${row.label}, round ${round + 1} of ${ROUNDS}\n`);
      for (const [{ peer, format }, sample] of samples) {
        if (sample.error !== undefined) continue;
        const parameters = { ...row.parameters, format };
        try {
          const reply = await peers[peer].time(row.case, parameters, row.repetitions);
          sample.seconds.push(...reply.secondsEach);
          sample.told = reply.facts;
        } catch (error) {
          sample.error = error.message;
        }
      }
    }
  } finally {
    Object.values(peers).forEach((peer) => peer.close());
  }
  const results = [...samples].map(([{ peer, format }, { seconds, told, error }]) => {
    if (error !== undefined) return { name: `${peer} ${format}`, error };
    const medianS = median(seconds);
    return {
      name: `${peer} ${format}`,
      execution: ['ours', 'eager', 'xla'].includes(peer)
        ? facts.formats[format]?.execution
        : 'native',
      medianS,
      p95S: quantile(seconds, 0.95),
      operationsPerS: row.operations ? row.operations / medianS : null,
      repetitions: seconds.length,
      ...told,
    };
  });
  return { suite: row.suite, index: row.index, label: row.label, results };
}

/** Every peer has as many threads as we have, and knows whether INT8 weights must be kept to 7 bits. */
function startPeers(names, { threads, int8ReduceRange }) {
  const env = {
    OMP_NUM_THREADS: String(threads),
    TF_NUM_INTRAOP_THREADS: String(threads),
    BENCH_THREADS: String(threads),
    BENCH_REDUCE_RANGE: int8ReduceRange ? '1' : '',
  };
  return Object.fromEntries(
    [...names].map((name) => {
      const { command, env: own } = PEERS[name];
      return [name, new Peer(name, command, { ...env, ...own })];
    }),
  );
}

/** Each row as a table: medians, p95, how many times faster than the row's first, and what else was told. */
export function libraryTables(rows) {
  return rows.map((row) => {
    const first = row.results[0];
    const header = [row.label, 'median', 'p95', first.operationsPerS ? 'GOP/s' : '', 'ratio', ''];
    const failed = (r) => [
      `  ${r.name}`,
      '',
      '',
      '',
      '',
      `failed: ${r.error.split('\n')[0].slice(0, 100)}`,
    ];
    const lines = row.results.map((r) =>
      r.error !== undefined
        ? failed(r)
        : [
            `  ${r.name}`,
            `${(r.medianS * 1e3).toFixed(2)} ms`,
            `${(r.p95S * 1e3).toFixed(2)} ms`,
            r.operationsPerS ? (r.operationsPerS / 1e9).toPrecision(3) : '',
            `${(first.medianS / r.medianS).toFixed(2)}x`,
            remarks(r),
          ],
    );
    return [header, ...lines];
  });
}

function remarks({ execution, engine, sqnrDb, weightBytes, cacheBytes, perplexity, gap }) {
  return [
    execution === 'simulated' ? 'simulated' : '',
    engine ?? '',
    weightBytes === undefined ? '' : `${(weightBytes / 1e6).toFixed(0)} MB of weights`,
    cacheBytes === undefined ? '' : `cache of ${(cacheBytes / 1e3).toFixed(1)} kB`,
    sqnrDb === undefined ? '' : `SQNR ${sqnrDb.toFixed(1)} dB`,
    perplexity === undefined ? '' : `perplexity ${perplexity.toFixed(3)} (+${gap.toFixed(3)})`,
  ]
    .filter(Boolean)
    .join(', ');
}
