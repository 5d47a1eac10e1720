import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, TestNotebook, type Executed } from '../../../test/support/runtime-notebook';
import { MIME } from '../payloads/mime-types';
import { trainingRun, type TrainingRun } from '../payloads/training/run';

let notebook: TestNotebook;

beforeAll(async () => {
  notebook = await TestNotebook.open();
  await notebook.run(`
    import * as tf from '@tensorflow/tfjs';
    import { setPrecision, track } from 'halfnote';
    const model = tf.sequential({ name: 'net', layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['mae'] });
    const x = tf.ones([64, 2]), y = tf.ones([64, 1]);
    const pause = (ms: number) => new Promise((r) => setTimeout(r, ms));`);
});
afterAll(async () => {
  await notebook.close();
});

/** The trainings that a cell shows, each as it was shown last, and how often it was. */
function shownBy({ outputs }: Executed): { run: TrainingRun; times: number; text: string }[] {
  const shown = new Map<string, { run: TrainingRun; times: number; text: string }>();
  for (const output of outputs) {
    if (output.kind !== 'display') continue;
    const { data, displayId = '', update } = output.output;
    if (!(MIME.trainingRun in data)) continue;
    expect(update).toBe(shown.has(displayId));
    const run = trainingRun.parse(data[MIME.trainingRun]);
    shown.set(displayId, {
      run,
      times: (shown.get(displayId)?.times ?? 0) + 1,
      text: String(data['text/plain']),
    });
  }
  return [...shown.values()];
}

describe('a fit', () => {
  it('is one output of its cell, and no line of stdout', async () => {
    const cell = await notebook.run(
      'const h = await model.fit(x, y, { epochs: 3, batchSize: 16, validationSplit: 0.25 }); h',
    );
    expect(cell.stdout + cell.stderr).toBe('');
    const [shown, ...others] = shownBy(cell);
    expect(others).toEqual([]);
    expect(shown?.run).toMatchObject({
      title: 'Training of net',
      state: 'finished',
      step: 9,
      steps: 9,
      epochs: 3,
    });
    expect(shown?.run.trained.map(({ step }) => step)).toEqual([3, 6, 9]);
    expect(shown?.run.batchLoss.map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(cell.result).toBe('History of 3 epochs: the training above.');
    expect(shown?.text).toMatch(
      /^Training of net in fp32 \(native\): 3 epochs, 9 steps in .* loss .*, val_loss/,
    );
  });

  it('gives a history that shows the chart where it is not shown already', async () => {
    const { outputs } = await notebook.run('h');
    const result = outputs.find(({ kind }) => kind === 'result');
    expect(result).toMatchObject({ data: { [MIME.trainingRun]: { title: 'Training of net' } } });
  });

  it('tells the numbers that History has', async () => {
    const cell = await notebook.run(
      'JSON.stringify((await model.fit(x, y, { epochs: 2 })).history)',
    );
    const history = JSON.parse((cell.result ?? '').slice(1, -1)) as Record<string, number[]>;
    const run = shownBy(cell)[0]?.run;
    expect(run?.trained.map(({ values }) => values['loss'])).toEqual(history['loss']);
    expect(run?.trained.map(({ values }) => values['mae'])).toEqual(history['mae']);
  });

  it('is not shown where it is told to be silent', async () => {
    const cell = await notebook.run('await model.fit(x, y, { epochs: 2, verbose: 0 }); 0');
    expect(cell.outputs.map(({ kind }) => kind)).toEqual(['result']);
  });

  it('is a table of its epochs in the history of one that was silent', async () => {
    const cell = await notebook.run('await model.fit(x, y, { epochs: 2, verbose: 0 })');
    const shown = JSON.stringify(cell.outputs);
    expect(shown).toContain('History of 2 epochs');
    expect(shown).toMatch(/Epoch.*loss.*mae/);
  });

  it('is updated in its place while it runs', async () => {
    const cell = await notebook.run(
      `await model.fit(x, y, { epochs: 4, batchSize: 16, callbacks: { onBatchEnd: async () => { await pause(150); } } }); 0`,
    );
    const [shown] = shownBy(cell);
    expect(shown?.times).toBeGreaterThan(2);
    expect(shown?.run.state).toBe('finished');
  });

  it('keeps an output to itself for three of a cell, then they share the last', async () => {
    const cell = await notebook.run(
      'for (let i = 0; i < 5; i++) await model.fit(x, y, { epochs: 1 });',
    );
    const shown = shownBy(cell);
    expect(shown.map(({ times }) => times)).toEqual([1, 1, 3]);
    expect(shown[2]?.run.title).toBe('Training of net, number 5 of this cell');
  });

  it.each([
    ['an error', `onBatchEnd: (b) => { if (b === 2) throw new Error('mine'); }`, 3],
    ['stopTraining', `onBatchEnd: (b) => { if (b === 1) model.stopTraining = true; }`, 2],
  ])('says at which step it was stopped: by %s', async (_, callback, step) => {
    const cell = await notebook.run(
      `await model.fit(x, y, { epochs: 5, batchSize: 16, callbacks: { ${callback} } }); 0`,
    );
    expect(shownBy(cell)[0]?.run).toMatchObject({ state: 'stopped', step });
    expect(shownBy(cell)[0]?.text).toContain(`stopped at step ${step} of 20`);
  });

  it('says so after an interrupt too', async () => {
    const cell = await notebook.interruptWhenRunning(
      `await model.fit(x, y, { epochs: 100000, callbacks: { onEpochEnd: (e) => { if (e === 1) console.log('running'); } } })`,
    );
    expect(errorOf(cell).ename).toBe('Interrupted');
    expect(shownBy(cell)[0]?.run.state).toBe('stopped');
  });

  it('shows the loss scale of fp16', async () => {
    const cell = await notebook.run(
      `setPrecision('fp16'); await model.fit(x, y, { epochs: 1 }); setPrecision('fp32'); 0`,
    );
    expect(shownBy(cell)[0]?.run).toMatchObject({ format: 'fp16', lossScale: { steps: 2 } });
  });
});

describe('a loop that is tracked', () => {
  it('is one output, with a value of each number', async () => {
    const cell = await notebook.run(
      'for (let i = 0; i < 20; i++) track(1 / (i + 1), { steps: 20 });',
    );
    const [shown, ...others] = shownBy(cell);
    expect(others).toEqual([]);
    expect(shown?.run).toMatchObject({
      title: 'Training',
      state: 'finished',
      step: 20,
      steps: 20,
      epoch: 0,
    });
    expect(shown?.run.batchLoss).toHaveLength(20);
  });

  it("takes tensors, which stay the caller's", async () => {
    const cell = await notebook.run(
      'const loss = tf.scalar(0.5); for (let i = 0; i < 3; i++) track(loss); loss.dataSync()[0]',
    );
    expect(cell.result).toBe('0.5');
    expect(shownBy(cell)[0]?.run).toMatchObject({ step: 3, steps: null, batchLoss: [[1, 0.5]] });
  });

  it('says that it ended early', async () => {
    const cell = await notebook.run('track(1, { steps: 20 }); throw new Error("mine");');
    expect(shownBy(cell)[0]?.text).toContain('stopped at step 1 of 20');
  });

  it.each([
    ['what minimize gives without its loss', 'null', /not null\.\n?.*minimize\(f, true\)/s],
    ['what trainOnBatch gives with metrics', '[0.5, 0.1]', /not a list\./],
    ['several numbers', 'tf.ones([3])', /not a tensor \[3\]\./],
  ])('refuses %s', async (_, given, words) => {
    const cell = await notebook.run(`track(${given} as never, { steps: 3 })`);
    expect(errorOf(cell).evalue).toMatch(words);
    expect(shownBy(cell)).toEqual([]);
  });

  it('refuses a number of steps that is none', async () => {
    const error = errorOf(await notebook.run('track(1, { steps: 0.5 })'));
    expect(error.evalue).toMatch(/steps: 0\.5 isn't a number of steps\..*whole number from 1 up/s);
  });
});
