import * as tf from '@tensorflow/tfjs';
import { JUPYTER_DISPLAY, type MimeBundle } from '../host';
import { paragraph, staticBundle } from '../display/fallback';
import type { RecordedRun } from './recorded-run';
import type { ShownRun } from './shown-run';
import { trainingBundle } from './view';

interface Run {
  readonly run: RecordedRun;
  readonly shown: ShownRun;
}

/** By the parameters of its `fit`, which all its callbacks share. */
const runs = new WeakMap<object, Run>();

export function noteRun(parameters: object, run: RecordedRun, shown: ShownRun): void {
  runs.set(parameters, { run, shown });
}

/**
 * A `History` shows itself as its training's chart; below that chart as one line. One of a `fit` that was
 * told `verbose: 0`, or of a plain script, is shown as the object that it is.
 */
export function showHistories(): void {
  Object.defineProperty(tf.History.prototype, JUPYTER_DISPLAY, {
    configurable: true,
    get(this: tf.History): (() => MimeBundle) | undefined {
      const noted = runs.get(this.params);
      return noted && (() => historyBundle(noted));
    },
  });
}

function historyBundle({ run, shown }: Run): MimeBundle {
  const { payload } = run;
  if (!shown.isInCell) return trainingBundle(payload);
  const { length } = payload.trained;
  return staticBundle(
    paragraph(`History of ${length} ${length === 1 ? 'epoch' : 'epochs'}: the training above.`),
  );
}
