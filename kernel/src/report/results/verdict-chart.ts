import { picture, staticBundle, table } from '../../display/fallback';
import { HalfnoteError } from '../../errors';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import type { ClaimVerdict } from '../../studies/claim-verdict';
import { measuredText } from '../../studies/figure-text';
import type { TestedClaim } from '../../studies/tested-claim';
import { claimNamed } from './claim-named';
import { verdictDrawing, verdictNames } from '../../studies/verdict-chart';

/**
 * The verdicts of one claim, one below the other: each figure with its interval, over the figures that bear the claim
 * out. `save(chart, 'verdicts.pdf')` writes it for a paper.
 *
 * @param title what is drawn: `Speed of a training step against fp32`
 * @param verdicts as {@link recordVerdict} gives them; of several claims the first one's figures are shaded
 * @throws HalfnoteError `invalid-argument` for no verdicts.
 */
export function verdictChart(title: string, verdicts: readonly ClaimVerdict[]): Displayable {
  const [first] = verdicts;
  if (first === undefined) {
    throw new HalfnoteError(
      'invalid-argument',
      `The chart “${title}” has no verdicts; allowed: one or more.`,
      "Give what recordVerdict returns: verdictChart('Speed', [recordVerdict('int8-speed', trials)]).",
    );
  }
  return new VerdictChart(title, verdicts, claimNamed(first.claim));
}

class VerdictChart implements Displayable {
  constructor(
    private readonly title: string,
    private readonly verdicts: readonly ClaimVerdict[],
    private readonly claim: TestedClaim,
  ) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    const { title, verdicts, claim } = this;
    const { html, exhibits } = picture((width) => verdictDrawing(title, verdicts, claim, width));
    const names = verdictNames(verdicts);
    const rows = verdicts.map((found, i) => [names[i] ?? '', measuredText(found), found.verdict]);
    const { text } = table(
      [
        { header: 'Of' },
        { header: 'Measured', align: 'left' },
        { header: 'Verdict', align: 'left' },
      ],
      rows,
      { caption: title },
    );
    return staticBundle({ html, text, ...(exhibits === undefined ? {} : { exhibits }) });
  }
}
