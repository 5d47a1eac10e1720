import { deviceFacts } from '../../backend/load';
import { display } from '../../display/display';
import { paragraph, stacked, staticBundle } from '../../display/fallback';
import { type Tone, verdict as verdictPart } from '../../display/verdict';
import { HalfnoteError } from '../../errors';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { claimRange, inUnit, measuredText, verdictText } from '../../studies/figure-text';
import { shortForm } from '../../studies/short-form';
import type { TestedClaim } from '../../studies/tested-claim';
import { type ClaimVerdict, LEAST_TRIALS, VERDICT_MIME } from '../../studies/claim-verdict';
import { verdictOn } from '../../studies/verdict';
import { claimNamed } from './claim-named';
import { RESULT_MIME } from './record-result';

export interface VerdictOptions {
  /** Which of several that the study tries: a network, a layer, a width. */
  readonly subject?: string;
  /** Why the figure is no measurement of the claim, such as `fp16 is simulated here`: the claim is then not tested here. */
  readonly unmeasured?: string;
}

/**
 * Puts a claim to the test: shows what this notebook measured of it, once per trial or seed, and whether that
 * confirms or refutes it. `halfnote report` records it, with its figure.
 *
 * @param id of a claim in docs/verdicts.md, for example `int8-speed`
 * @param trials the claim's figure of each trial, in the unit that the claim has: fractions for % and pp. At least
 *   five, paired where a baseline is within; two in the short form, which gives no verdict that is kept.
 * @throws HalfnoteError `invalid-argument` for an unknown claim, too few trials, or a figure that isn't finite.
 */
export function recordVerdict(
  id: string,
  trials: readonly number[],
  options: VerdictOptions = {},
): ClaimVerdict {
  const claim = claimNamed(id);
  const verdict = verdictOn(claim, { ...options, trials, here: deviceFacts().device });
  const isShort = shortForm();
  if (!isShort && trials.length < LEAST_TRIALS) {
    throw new HalfnoteError(
      'invalid-argument',
      `The verdict on "${id}" has ${trials.length} trials; allowed: ${LEAST_TRIALS} or more.`,
      'Run more seeds or repetitions; HALFNOTE_SHORT_FORM=1 allows 2, to see that the notebook works.',
    );
  }
  display(new RecordedVerdict(claim, verdict, options.unmeasured === undefined, isShort));
  return verdict;
}

const TONES: Readonly<Record<ClaimVerdict['verdict'], Tone>> = {
  confirmed: 'good',
  'not here': 'caution',
  refuted: 'problem',
};

class RecordedVerdict implements Displayable {
  constructor(
    private readonly claim: TestedClaim,
    private readonly verdict: ClaimVerdict,
    private readonly isMeasured: boolean,
    private readonly isShort: boolean,
  ) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    const { claim, verdict, isMeasured, isShort } = this;
    const { subject, unit, value } = verdict;
    const about = subject === '' ? '' : ` (${subject})`;
    const kept = isShort ? ' Short form: no verdict that is kept.' : '';
    const shownAs = staticBundle(
      stacked(
        verdictPart({
          sentence: `“${claim.says}”${about} ${verdictText(verdict)}.`,
          tone: TONES[verdict.verdict],
        }),
        paragraph(
          `${isMeasured ? 'Measured' : 'Figure'}: ${claim.figure}: ${measuredText(verdict)}. The claim holds for ${claimRange(claim)}.${kept}`,
        ),
      ),
    );
    return {
      ...(isShort ? {} : { [VERDICT_MIME]: verdict }),
      [RESULT_MIME]: {
        name: subject === '' ? claim.id : `${claim.id}, ${subject}`,
        value: inUnit(value, unit),
        unit,
      },
      ...shownAs,
    };
  }
}
