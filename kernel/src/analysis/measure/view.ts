import { notes, stacked, staticBundle, table } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, duration, percent } from '../../display/units';
import { howFound, verdict } from '../../display/verdict';
import type { TrialsResult, VariantComparison, VariantFigures } from '../../energy/trials/result';
import type { MimeBundle } from '../../host';
import { printQuantity } from '../../quantities/print';
import type { Quantity } from '../../quantities/quantity';
import { measurementVerdict } from './verdict';
import { comparisonText, onWire } from '../../payloads/precision/comparison-text';

const FIGURES: readonly Column[] = [
  { header: 'Work' },
  { header: 'Time' },
  { header: 'attributed', group: 'Energy' },
  { header: '± by trials', group: 'Energy' },
  { header: 'machine', group: 'Energy' },
  { header: 'above idle', group: 'Energy' },
  { header: 'Trials' },
  { header: 'Runs' },
];

const COMPARED: readonly Column[] = [
  { header: 'Work' },
  { header: 'Time', align: 'left' },
  { header: 'Energy, attributed', align: 'left' },
  { header: 'Energy, machine', align: 'left' },
];

/** A measurement as HTML and text: the verdict first. */
export function measurementBundle(result: TrialsResult): MimeBundle {
  const { variants, comparisons } = result;
  const [baseline] = variants;
  return staticBundle(
    stacked(
      verdict(measurementVerdict(result)),
      table(FIGURES, variants.map(figuresRow), { caption: 'One run' }),
      ...(comparisons.length === 0
        ? []
        : [
            table(COMPARED, comparisons.map(comparedRow), {
              caption: `Against ${baseline?.name ?? ''}, by Welch's test of the trials`,
            }),
          ]),
      notes(remarks(result)),
      howFound(methods(result)),
    ),
  );
}

function figuresRow({
  name,
  durationS,
  energyJ,
  machineJ,
  dynamicJ,
  ...counts
}: VariantFigures): Row {
  const joules = (quantity: Quantity | null): string =>
    quantity === null ? ABSENT : printQuantity(quantity, 'J');
  return [
    name,
    printQuantity(durationS, 's'),
    joules(energyJ),
    energyJ === null || counts.trials < 2 ? ABSENT : scatter(energyJ),
    joules(machineJ),
    joules(dynamicJ),
    String(counts.trials),
    counts.runs.toLocaleString('en'),
  ];
}

/** What trials narrow down, without what the meter may be off by as a whole. */
function scatter({ value, statistical }: Quantity): string {
  const half = Math.max(statistical.below, statistical.above);
  return value === 0 ? ABSENT : percent(half / Math.abs(value));
}

function comparedRow({ name, durationS, energyJ, machineJ }: VariantComparison): Row {
  return [
    name,
    comparisonText(onWire(durationS)),
    energyJ === null ? ABSENT : comparisonText(onWire(energyJ)),
    machineJ === null ? ABSENT : comparisonText(onWire(machineJ)),
  ];
}

function remarks(result: TrialsResult): string[] {
  const { idleW, verdict: found, comparisons } = result;
  return [
    ...(comparisons.length === 0
      ? []
      : ['g is the difference in standard deviations (Hedges), p that of no difference.']),
    ...(idleW === null ? [] : [`The machine drew ${printQuantity(idleW, 'W')} without the work.`]),
    ...found.warnings.map(({ concern, detail }) => `${capital(concern)}: ${detail}`),
  ];
}

function methods(result: TrialsResult): string[] {
  const { verdict: found, elapsedS, rounds, settings } = result;
  return [
    `${rounds} round${rounds === 1 ? '' : 's'} of trials in ${duration(elapsedS)}, ${endText(result)}; the order is left to chance (seed ${settings.seed}).`,
    'Intervals cover the mean of one run in 95 % of measurements. They are wider than the trials scatter where the meter may be off as a whole; that part is the same for all works, and mostly cancels in their ratios.',
    ...sources(result),
    ...(found.unknown.length === 0
      ? []
      : [`Not told by this machine: ${found.unknown.join(', ')}.`]),
  ];
}

function endText({ endedBy, settings }: TrialsResult): string {
  switch (endedBy) {
    case 'precision':
      return `until all were known to ±${percent(settings.precision ?? 0)}`;
    case 'budget':
      return `until the budget of ${duration(settings.budgetS ?? 0)} ended`;
    case 'trials':
      return 'as many as were asked for';
  }
}

function sources({ trials }: TrialsResult): string[] {
  const parts = trials.flatMap(({ window }) => window.parts);
  const texts = new Set(
    parts.map(({ component, source, method }) => `${component}: ${source} (${method})`),
  );
  return texts.size === 0 ? [] : [`Energy of the machine by ${[...texts].join('; ')}.`];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
