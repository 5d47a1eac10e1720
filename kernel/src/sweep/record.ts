import { z } from 'zod';
import { display } from '../display/display';
import { decodeNumber, encodeNumber } from '../display/numbers';
import { escapeHtml, plain } from '../display/text';
import { significant } from '../display/units';
import { HalfnoteError, shown } from '../errors';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../host';
import { RESULT_MIME, type ResultOptions } from '../report/results/record-result';

/** A metric of a run. It travels in its output, so that it stays with the notebook. */
export const METRIC_MIME = 'application/vnd.halfnote.metric.v1+json';

const wire = z.object({
  name: z.string(),
  value: z.union([z.number(), z.string(), z.boolean()]),
  /** The value is a number that JSON lacks, as text. */
  isNumber: z.boolean(),
  unit: z.string(),
});

export type MetricValue = number | string | boolean;

/** What a notebook recorded. */
export interface Metric {
  readonly name: string;
  readonly value: MetricValue;
  /** Empty for a plain number, and for text. */
  readonly unit: string;
}

/**
 * Records a metric of this run, such as its loss, in the cell's output: `halfnote run --json` prints it, and
 * `halfnote sweep table` has a column for it. Of a name that is recorded again, the last value counts. Finite
 * numbers are results of `halfnote report` too. In a plain script it goes to the console.
 *
 * @param value a number (also NaN or Infinity, as of a training that diverged), text, or a boolean
 * @returns the value
 * @throws HalfnoteError `invalid-argument` for an empty name, or another value.
 */
export function record<T extends MetricValue>(
  name: string,
  value: T,
  options: ResultOptions = {},
): T {
  const { unit = '' } = options;
  // JavaScript can hand over anything.
  const given: readonly unknown[] = [name, unit, value];
  if (typeof given[0] !== 'string' || name.trim() === '' || typeof given[1] !== 'string') {
    throw new HalfnoteError(
      'invalid-argument',
      `The metric's name is ${shown(name)} and its unit ${shown(unit)}; allowed: text, and the name not empty.`,
      "For example record('loss', 0.12).",
    );
  }
  if (!['number', 'string', 'boolean'].includes(typeof given[2])) {
    throw new HalfnoteError(
      'invalid-argument',
      `The metric "${name}" is ${shown(value)}; allowed: a number, text or a boolean.`,
      'Of a tensor, take (await tensor.data())[0].',
    );
  }
  display(new RecordedMetric({ name, value, unit }));
  return value;
}

/** The metric that an output holds; undefined for any other data. */
export function readMetric(data: unknown): Metric | undefined {
  const { data: read } = wire.safeParse(data);
  if (read === undefined) return undefined;
  const { name, value, isNumber, unit } = read;
  return {
    name,
    unit,
    value: isNumber && typeof value === 'string' ? decodeNumber(value as 'NaN') : value,
  };
}

class RecordedMetric implements Displayable {
  constructor(private readonly metric: Metric) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    const { name, value, unit } = this.metric;
    const isNumber = typeof value === 'number';
    const text = isNumber
      ? `${significant(value, 4)}${unit === '' ? '' : ` ${unit}`}`
      : String(value);
    return {
      [METRIC_MIME]: { name, value: isNumber ? encodeNumber(value) : value, isNumber, unit },
      ...(isNumber && Number.isFinite(value) && { [RESULT_MIME]: { name, value, unit } }),
      'text/html': `<p class="halfnote">${escapeHtml(name)}: <strong>${escapeHtml(text)}</strong></p>`,
      'text/plain': `${plain(name)}: ${plain(text)}`,
    };
  }
}
