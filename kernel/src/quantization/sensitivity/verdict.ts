import { percent } from '../../display/units';
import type { Tone, Verdict } from '../../display/verdict';
import { isRuleName } from '../../magic-lines/rule-name';
import type { WeightFormat } from '../../graph/quantized-graph';
import type { SensitivityRow } from './result';
import type { SensitivityMetric } from './settings';

/** From which harm of one layer on: worth to know, and to be mended. dB, nats, share of samples, share of the loss. */
const LIMITS: Readonly<Record<SensitivityMetric, readonly [caution: number, problem: number]>> = {
  sqnr: [20, 10],
  kl: [0.01, 0.1],
  accuracy: [0.005, 0.02],
  loss: [0.02, 0.1],
};

/** How bad it is that this layer alone is rounded; `floatScore` is the float model's. */
export function toneOf(row: SensitivityRow, metric: SensitivityMetric, floatScore: number): Tone {
  const [caution, problem] = LIMITS[metric];
  if (metric === 'sqnr') {
    return row.sqnrDb < problem ? 'problem' : row.sqnrDb < caution ? 'caution' : 'good';
  }
  const harm = {
    kl: row.kl,
    accuracy: row.drop,
    loss: row.drop / Math.max(Math.abs(floatScore), 1e-12),
  }[metric];
  return harm > problem ? 'problem' : harm > caution ? 'caution' : 'good';
}

/** A word of a magic, in quotes where it has other signs than names have. */
const PLAIN = /^[\w.-]+$/;

/**
 * To quantize in `format`, without the layer that suffers most where it does; undefined without the model's
 * name, and where that of the layer can't be written in a magic.
 */
export function proposedQuantization(
  model: string | undefined,
  format: WeightFormat,
  worst: SensitivityRow,
  tone: Tone,
): string | undefined {
  if (model === undefined) return undefined;
  const all = `%quantize ${format} ${model} --as small`;
  if (tone === 'good') return all;
  if (!isRuleName(worst.layer)) return undefined;
  return `${all} --exclude ${PLAIN.test(worst.layer) ? worst.layer : `"${worst.layer}"`}`;
}

/** What the whole model does, as it was measured, against what was asked for. */
export interface AssignmentFigures {
  readonly meanBits: number;
  /** Of the float model's bytes. */
  readonly share: number;
  /** `accuracy −0.3 pt` or `SQNR 31 dB`, as measured. */
  readonly outcome: string;
  /** `at most 4 bits a weight on average`. */
  readonly budget: string;
  readonly isKept: boolean;
  /** What may be lost for all that so few samples tell, `1.2 pt`, where that is beyond the budget. */
  readonly room?: string | undefined;
}

/** `model` and `bits` are the variables that hold the model and the assignment. */
export function assignmentVerdict(
  { meanBits, share, outcome, budget, isKept, room }: AssignmentFigures,
  model: string | undefined,
  bits: string | undefined,
): Verdict {
  const figures = `${Number(meanBits.toPrecision(3))} bits a weight on average, ${percent(share)} of the model's bytes in fp32, ${outcome}, measured`;
  return {
    sentence: isKept
      ? `${figures}: it keeps to the budget of ${budget}${room === undefined ? '' : `, but so few samples leave room for up to ${room} less`}.`
      : `${figures}: by the whole model it misses the budget of ${budget}.`,
    tone: isKept && room === undefined ? 'good' : 'caution',
    ...(model !== undefined &&
      bits !== undefined && {
        next: `import { quantize } from 'halfnote';\nconst small = await quantize(${model}, ${bits}.options);`,
      }),
  };
}
