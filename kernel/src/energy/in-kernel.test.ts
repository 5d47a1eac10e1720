import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIfStale } from '../../../test/support/built-kernel';
import type { Notebook } from '../cli/run/notebook';
import { runNotebook } from '../cli/run/run';
import { readJournal } from './journal/read-journal';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-energy-'));
const journal = join(folder, 'energy.jsonl');

const MODEL = `import * as tf from '@tensorflow/tfjs';
import { energyCallback } from 'halfnote';
const model = tf.sequential({ layers: [tf.layers.dense({ units: 64, inputShape: [64] })] });
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
const x = tf.ones([256, 64]);
const callback = energyCallback();
await model.fit(x, x, { epochs: 2, verbose: 0, callbacks: callback });
callback.energy.epochs.map(({ samples }) => samples).join()`;

/** Trains for an hour, unless it is ended. */
const TRAIN = `const before = model.getWeights()[0].dataSync()[0];
const history = await model.fit(x, x, { epochs: 1e7, verbose: 0 });
[history.epoch.length < 1e7, model.getWeights()[0].dataSync()[0] !== before].join()`;

let outputs: string[] = [];

beforeAll(async () => {
  buildIfStale();
  const cells = [
    '%carbon on --region FRA',
    '1 + 1',
    MODEL,
    '%carbon budget 1 J --stop',
    TRAIN,
    '%carbon off',
    '%%carbon\n2 + 2',
  ];
  const path = join(folder, 'energy.ipynb');
  const content = {
    ...{ nbformat: 4, nbformat_minor: 4, metadata: {} },
    cells: cells.map((source) => ({
      ...{ cell_type: 'code', source, metadata: {}, outputs: [], execution_count: null },
    })),
  };
  writeFileSync(path, JSON.stringify(content));
  process.env['HALFNOTE_ENERGY_JOURNAL'] = journal;
  await runNotebook(path, { timeout: 300 }, { write: () => undefined });
  const { cells: run } = JSON.parse(readFileSync(path, 'utf8')) as Notebook;
  outputs = run.map((cell) => JSON.stringify(cell.outputs ?? []));
}, 300_000);

afterAll(() => {
  delete process.env['HALFNOTE_ENERGY_JOURNAL'];
  rmSync(folder, { recursive: true, force: true });
});

describe('energy in a notebook', () => {
  it('is one line below a cell after %carbon on', () => {
    expect(outputs[1]).toMatch(
      /In \[2\]: [\d.]+ [µm]?J \(.*\), [\d.]+ [nµm]?g CO2e, [\d.]+ m?s, (modelled|estimated)"/,
    );
    expect(outputs[1]).not.toContain('application/vnd.halfnote');
    expect(outputs[1]?.length).toBeLessThan(700);
  });

  it('of training is told by epoch, in one line', () => {
    expect(outputs[2]).toContain("'256,256'");
    expect(outputs[2]).toMatch(/epoch 2 of 2: .* an epoch, .* a sample, .* so far/);
  });

  it('keeps to a budget: training ends, with its weights', () => {
    expect(outputs[4]).toContain('The energy budget is spent: ');
    expect(outputs[4]).toContain('model.fit ends after this batch. The weights are kept.');
    expect(outputs[4]).toContain("'true,true'");
  });

  it('is reported below a cell that asks, and not below others after %carbon off', () => {
    expect(outputs[5]).not.toContain('CO2e');
    expect(outputs[6]).toContain('application/vnd.halfnote.carbon.v2+json');
    expect(outputs[6]).toContain('Energy and CO2e of In [7]');
  });

  it('lies in the journal, window by window, to the end of the session', () => {
    expect(existsSync(journal)).toBe(true);
    const { intact, sessions } = readJournal(journal);
    expect(intact).toBe(true);
    expect(sessions).toHaveLength(1);
    const [session] = sessions;
    expect(session?.ended).toBe(true);
    const told = session?.windows.map(({ window, executionCount }) => [
      window.name,
      executionCount,
    ]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['In [1]', 1],
        ['epoch 1', 3],
        ['epoch 2', 3],
        ['In [7]', 7],
      ]),
    );
  });
});
