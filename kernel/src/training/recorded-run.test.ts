import { expect, it } from 'vitest';
import { trainingRun } from '../payloads/training/run';
import { DynamicLossScaler } from '../precision/loss-scale/dynamic';
import { LossScaleTrace } from '../precision/loss-scale/trace';
import { RecordedRun, type Planned } from './recorded-run';
import { trainingBundle } from './view';

const PLANNED: Planned = { title: 'Training', format: 'fp16', execution: 'simulated' };

/** A run whose clock goes on by what each step is said to take. */
function recorded(planned: Partial<Planned>) {
  let nowMs = 1000;
  const run = new RecordedRun({ ...PLANNED, ...planned }, () => nowMs);
  return {
    run,
    step: (ms: number, loss = 1) => {
      nowMs += ms;
      run.advance(loss);
    },
  };
}

it('tells the time that is left by the pace after the first step', () => {
  const { run, step } = recorded({ epochs: 2, stepsPerEpoch: 5 });
  run.beginEpoch(1);
  step(9000);
  expect(run.payload).toMatchObject({ step: 1, steps: 10, remainingS: null });
  step(100);
  step(100);
  expect(run.payload).toMatchObject({ step: 3, steps: 10, durationS: 9.2, remainingS: 0.7 });
  expect(trainingBundle(run.payload)['text/plain']).toContain(
    'epoch 1/2, step 3/10, 9.00 s, 1.00 s left',
  );
});

it('learns from the first epoch how long one is, where nobody said', () => {
  const { run, step } = recorded({ epochs: 3, firstEpoch: 1 });
  run.beginEpoch(2);
  for (let i = 0; i < 4; i++) step(10);
  expect(run.payload.steps).toBeNull();
  run.endEpoch({ val_loss: 0.5, acc: 0.9, loss: 0.25 });
  expect(run.payload).toMatchObject({ steps: 8, trained: [{ epoch: 2, step: 4 }] });
  expect(Object.keys(run.payload.trained[0]?.values ?? {})).toEqual(['loss', 'val_loss', 'acc']);
});

it('counts its own epochs, where it goes on from those of an earlier training', () => {
  const { run, step } = recorded({ epochs: 7, firstEpoch: 5, stepsPerEpoch: 1 });
  for (const epoch of [6, 7]) {
    run.beginEpoch(epoch);
    step(10);
    run.endEpoch({ loss: 0.5 });
  }
  run.end(true);
  expect(trainingBundle(run.payload)['text/plain']).toMatch(
    /^Training in fp16 \(simulated\): 2 epochs, 2 steps in 20\.0 ms, loss 0\.500\./,
  );
});

it('counts the loss scale from its own first step on', () => {
  const trace = new LossScaleTrace(
    new DynamicLossScaler({ initialScale: 1024, growthInterval: 100 }),
  );
  trace.adjust(false);
  trace.adjust(true);
  const { run } = recorded({ lossScale: trace });
  trace.adjust(true);
  trace.adjust(false);
  expect(run.payload.lossScale).toEqual({
    history: [
      { step: 0, scale: 512 },
      { step: 2, scale: 256 },
    ],
    steps: 2,
    skippedAt: [1],
    skippedSteps: 1,
  });
});

it('says where it was stopped, and stays so', () => {
  const { run, step } = recorded({ epochs: 1, stepsPerEpoch: 300 });
  run.beginEpoch(1);
  for (let i = 0; i < 189; i++) step(10, 0.5);
  run.end(false);
  run.end(true);
  expect(run.payload.state).toBe('stopped');
  expect(trainingBundle(run.payload)['text/plain']).toBe(
    'Training in fp16 (simulated): stopped at step 189 of 300 in 1.89 s, loss 0.500.',
  );
});

it('makes payloads that hold to their schema, of values that JSON lacks too', () => {
  const { run, step } = recorded({ steps: 100_000 });
  for (let i = 0; i < 5000; i++) step(1, i % 7 === 0 ? NaN : Infinity);
  run.beginEpoch(1);
  for (let i = 0; i < 2000; i++) run.endEpoch({ loss: -Infinity, 'a "<b>': NaN });
  const bundle = trainingBundle(run.payload);
  const payload: unknown = JSON.parse(
    JSON.stringify(bundle['application/vnd.halfnote.training-run.v1+json']),
  );
  expect(trainingRun.parse(payload)).toEqual(payload);
  expect(bundle['text/html']).not.toMatch(/NaN"|Infinity|<b>/);
});
