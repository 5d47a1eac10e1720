import { z } from 'zod';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { display } from '../../display/display';
import { escapeHtml, plain } from '../../display/text';
import { significant } from '../../display/units';
import { HalfnoteError, shown } from '../../errors';

/** A figure that the notebook found. It travels in its output, so that it stays with the notebook. */
export const RESULT_MIME = 'application/vnd.halfnote.result.v1+json';

export const namedResult = z.object({ name: z.string(), value: z.number(), unit: z.string() });
export type NamedResult = z.infer<typeof namedResult>;

export interface ResultOptions {
  /** SI where there is one; `''` for a plain number such as an accuracy. Default `''`. */
  readonly unit?: string;
}

/**
 * Shows a figure that the notebook found, such as its accuracy, and records it for the report of
 * `halfnote report`: there it stands with its interval over the trials, and `halfnote verify` compares it.
 *
 * @throws HalfnoteError `invalid-argument` for an empty name, or a value that isn't a finite number.
 */
export function recordResult(name: string, value: number, options: ResultOptions = {}): void {
  const { unit = '' } = options;
  // JavaScript can hand over anything.
  const given: readonly unknown[] = [name, unit];
  if (typeof given[0] !== 'string' || name.trim() === '' || typeof given[1] !== 'string') {
    throw new HalfnoteError(
      'invalid-argument',
      `The result's name is ${shown(name)} and its unit ${shown(unit)}; allowed: text, and the name not empty.`,
      "For example recordResult('accuracy', 0.97).",
    );
  }
  if (!Number.isFinite(value)) {
    throw new HalfnoteError(
      'invalid-argument',
      `The result "${name}" is ${shown(value)}; allowed: a finite number.`,
      'Of a tensor, take (await tensor.data())[0].',
    );
  }
  display(new RecordedResult({ name, value, unit }));
}

class RecordedResult implements Displayable {
  constructor(readonly payload: NamedResult) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    const { name, value, unit } = this.payload;
    const figure = `${significant(value, 4)}${unit === '' ? '' : ` ${unit}`}`;
    return {
      [RESULT_MIME]: this.payload,
      'text/html': `<p class="halfnote">${escapeHtml(name)}: <strong>${escapeHtml(figure)}</strong></p>`,
      'text/plain': `${plain(name)}: ${plain(figure)}`,
    };
  }
}
