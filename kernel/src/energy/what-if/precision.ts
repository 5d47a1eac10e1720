import { HalfnoteError, shown } from '../../errors';
import { ratio } from '../../quantities/arithmetic';
import { exact } from '../../quantities/make';
import type { Method, Quantity } from '../../quantities/quantity';
import { METHODS, leastDirect } from '../../quantities/quantity';
import { requireWithin } from '../carbon/bounds';
import type { ComparedFormats, PrecisionRatio, PrecisionSource } from './options';

/** How another precision's joules and time compare with the run's. */
export interface PrecisionFactor {
  readonly name: string;
  readonly energy: Quantity;
  readonly duration: Quantity | null;
  readonly assumptions: readonly string[];
}

export interface Precisions {
  readonly factors: readonly PrecisionFactor[];
  /** What could not be told, and why. */
  readonly remarks: readonly string[];
}

const SAME =
  'Another precision: the whole run changes as the ratio that was measured, and nothing else does.';

/** @throws HalfnoteError `invalid-argument` for ratios that aren't above 0, or a format that the table lacks. */
export function precisionsOf(source: PrecisionSource, format: string | undefined): Precisions {
  if (isList(source)) return { factors: source.map(factorOf), remarks: [] };
  const given = tableIn(source);
  if (typeof given !== 'object' || given === null || !('rows' in given)) {
    throw new HalfnoteError(
      'invalid-argument',
      `precision is ${shown(given)}; it must be a list of { name, energyRatio, source }, or what compare() gives.`,
    );
  }
  return compared(given as ComparedFormats, format);
}

function tableIn(source: unknown): unknown {
  return typeof source === 'object' && source !== null && 'payload' in source
    ? source.payload
    : source;
}

function isList(source: PrecisionSource): source is readonly PrecisionRatio[] {
  return Array.isArray(source);
}

function factorOf({ name, energyRatio, durationRatio, source }: PrecisionRatio): PrecisionFactor {
  if (typeof source !== 'string' || source.trim() === '') {
    throw new HalfnoteError(
      'invalid-argument',
      `The ratio of ${shown(name)} has no source.`,
      'Say where it was measured: { name: "bf16", energyRatio: 0.6, source: "%compare on this machine" }.',
    );
  }
  return {
    name,
    energy: quantityOf(energyRatio, `energyRatio of ${name}`),
    duration:
      durationRatio === undefined ? null : quantityOf(durationRatio, `durationRatio of ${name}`),
    assumptions: [SAME, `Ratio of ${name}: ${source}.`],
  };
}

function quantityOf(given: Quantity | number, name: string): Quantity {
  requireWithin(typeof given === 'number' ? given : given.value, {
    name,
    code: 'invalid-argument',
    min: 0,
    max: 1e4,
    open: true,
    hint: 'It is the other precision over that of the run: 0.6 where it takes 40% less.',
  });
  return typeof given === 'number' ? exact(given, { method: 'estimated' }) : given;
}

function compared({ rows, baseline }: ComparedFormats, format = baseline): Precisions {
  const base = rows.find((row) => row.format === format);
  const joules = base === undefined ? undefined : energyOf(base);
  if (base === undefined || joules === undefined) {
    throw new HalfnoteError(
      'invalid-argument',
      `The table of compare has no energy of ${shown(format)}, which the run was in.`,
      `With energy it has ${
        rows
          .filter((row) => energyOf(row) !== undefined)
          .map((row) => row.format)
          .join(', ') || 'no row'
      }; name the run's as format.`,
    );
  }
  const others = rows.filter((row) => row !== base);
  const factors = others.flatMap((row) => ratiosOf(row, base));
  const lacking = others.filter((row) => energyOf(row) === undefined).map((row) => row.format);
  return {
    factors,
    remarks:
      lacking.length === 0
        ? []
        : [
            `No scenario for ${lacking.join(', ')}: simulated here, so nothing is claimed of the energy.`,
          ],
  };
}

type Row = ComparedFormats['rows'][number];

/** None where nothing is claimed of the row's energy. */
function ratiosOf(row: Row, base: Row): PrecisionFactor[] {
  const [energy, baseEnergy] = [energyOf(row), energyOf(base)];
  if (energy === undefined || baseEnergy === undefined) return [];
  const tried = byTrials(row.trials?.energyJ, base.trials?.energyJ);
  const [time, baseTime] = [row.latencyS?.median, base.latencyS?.median];
  const known = typeof time === 'number' && typeof baseTime === 'number' && baseTime > 0;
  const method = leastDirect(['estimated', methodOf(row)]);
  const how =
    tried === undefined
      ? 'a batch of its data; without an interval'
      : `by trials of a batch: ${row.trials?.count ?? 0} here, ${base.trials?.count ?? 0} of ${base.format}`;
  return [
    {
      name: row.format,
      energy: tried ?? exact(energy / baseEnergy, { method }),
      duration:
        byTrials(row.trials?.durationS, base.trials?.durationS) ??
        (known ? exact(time / baseTime, { method: 'estimated' }) : null),
      assumptions: [
        SAME,
        `Ratio of ${row.format} to ${base.format} as compare() measured it for inference, ${how}.`,
      ],
    },
  ];
}

/** Both are of one meter or model, so that what it is off by cancels. */
function byTrials(of: Quantity | null = null, to: Quantity | null = null): Quantity | undefined {
  if (of === null || to === null || to.value - to.systematic.below <= 0) return undefined;
  const { method, ...found } = ratio(of, to, 'shared');
  return { ...found, method: leastDirect(['estimated', method]) };
}

function energyOf({ energyJ }: Row): number | undefined {
  const value = energyJ?.value;
  return typeof value === 'number' && value > 0 ? value : undefined;
}

function methodOf({ energyJ }: Row): Method {
  return METHODS.find((method) => method === energyJ?.method) ?? 'estimated';
}
