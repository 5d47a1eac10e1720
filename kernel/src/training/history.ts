import * as tf from '@tensorflow/tfjs';
import { JUPYTER_DISPLAY, type MimeBundle } from '../host';
import { fold, paragraph, stacked, staticBundle, table } from '../display/fallback';
import { ABSENT, significant } from '../display/units';
import { counted } from '../display/words';
import type { RecordedRun } from './recorded-run';
import type { ShownRun } from './shown-run';
import { trainingBundle } from './view';

const MOST_EPOCHS = 10;

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
 * told `verbose: 0`, or of a plain script, is a table of its epochs.
 */
export function showHistories(): void {
  Object.defineProperty(tf.History.prototype, JUPYTER_DISPLAY, {
    configurable: true,
    get(this: tf.History): () => MimeBundle {
      const noted = runs.get(this.params);
      return () => (noted === undefined ? epochsBundle(this) : historyBundle(noted));
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

/** The epochs as a table, the last ones where there are many: nothing else was kept. */
function epochsBundle({ epoch, history }: tf.History): MimeBundle {
  const names = Object.keys(history);
  const columns = ['Epoch', ...names].map((header) => ({ header, align: 'right' as const }));
  const rows = epoch.map((index, i) => [
    String(index + 1),
    ...names.map((name) => {
      const value = history[name]?.[i];
      return typeof value === 'number' ? significant(value) : ABSENT;
    }),
  ]);
  const caption = `History of ${counted(rows.length, 'epoch')}`;
  const shown = rows.slice(-MOST_EPOCHS);
  const last = table(columns, shown, {
    caption: shown.length === rows.length ? caption : `${caption}, the last ${MOST_EPOCHS}`,
  });
  return staticBundle(
    shown.length === rows.length
      ? last
      : stacked(last, fold(`All ${rows.length} epochs`, table(columns, rows, { caption }))),
  );
}
