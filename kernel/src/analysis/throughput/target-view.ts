import { notes, stacked, staticBundle, table } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, duration, significant } from '../../display/units';
import { howFound, verdict } from '../../display/verdict';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { printQuantity } from '../../quantities/print';
import type { TargetRun, TrainingToTargetResult } from './result';
import { targetVerdict } from './verdict';

const COLUMNS: readonly Column[] = [
  { header: 'Training', align: 'left' },
  { header: 'Met in epoch' },
  { header: 'Time' },
  { header: 'Energy' },
  { header: 'Best' },
];

/** What {@link trainToTarget} measured. Shows itself as a table, a row a training. */
export class TrainingToTarget implements Displayable {
  constructor(readonly result: TrainingToTargetResult) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    const { model, target, format, execution, device, threads, runs } = this.result;
    return staticBundle(
      stacked(
        verdict(targetVerdict(this.result)),
        table(COLUMNS, [...runs.map(cells), ...meanRow(this.result)], {
          caption: `Training ${model} to ${target}: ${format}, ${execution}; ${device}, ${threads} thread${threads === 1 ? '' : 's'}`,
        }),
        notes(remarks(this.result)),
        howFound(methods(this.result)),
      ),
    );
  }

  toString(): string {
    return String(this[JUPYTER_DISPLAY]()['text/plain']);
  }
}

function cells({ epoch, epochs, durationS, energyJ, best }: TargetRun, index: number): Row {
  return [
    String(index + 1),
    epoch === null ? `not in ${epochs}` : String(epoch),
    durationS === null ? ABSENT : duration(durationS),
    energyJ === null ? ABSENT : printQuantity(energyJ, 'J'),
    best === null ? ABSENT : significant(best, 4),
  ];
}

function meanRow({ mean, runs }: TrainingToTargetResult): Row[] {
  if (mean === null || runs.length < 2) return [];
  const epochs = runs.reduce((sum, { epoch }) => sum + (epoch ?? 0), 0) / runs.length;
  return [
    [
      'mean',
      significant(epochs),
      printQuantity(mean.durationS, 's'),
      printQuantity(mean.energyJ, 'J'),
      ABSENT,
    ],
  ];
}

function remarks({ runs, from, batchSize }: TrainingToTargetResult): string[] {
  return [
    `Batches of ${batchSize}.${runs.length === 1 && from === 'initializers' ? ' One training is one draw of weights: another takes more epochs or fewer. Give more runs for a mean with its interval.' : ''}`,
  ];
}

function methods(result: TrainingToTargetResult): string[] {
  const { metric, validated, from, format, execution } = result;
  return [
    validated
      ? `Scored after each epoch on the validation data, as \`${metric}\`; that is in the time.`
      : `Scored as \`${metric}\` of the training data while it is learned: the mean over the epoch. With validation data it would be that of samples that were not learned.`,
    from === 'initializers'
      ? 'Copies were trained, from weights as their initializers draw them; frozen layers have those of the model, which stays as it is.'
      : 'Copies were trained, from the weights of the model, which stays as it is.',
    execution === 'simulated'
      ? `${format} is simulated here: what that takes says nothing of the format, so there are epochs, and neither time nor energy.`
      : 'Time runs from the begin of the training; energy is that of an energy window around it, attributed to this code.',
  ];
}
