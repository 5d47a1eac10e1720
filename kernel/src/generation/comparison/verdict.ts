import { percent, significant } from '../../display/units';
import type { Verdict } from '../../display/verdict';
import { listed } from '../../display/words';

/** A format of a cache or of weights, as far as the sentence goes. */
export interface Compared {
  readonly name: string;
  /** Of what fp32 takes. */
  readonly share: number;
  readonly perplexity: number;
  /** Share of the same likeliest token as in fp32. */
  readonly agreement: number;
}

/** Perplexity may grow by this share before one notices. */
const UNNOTICED = 0.01;
/** From here on the text is another one. */
const WORSE = 0.1;

/** The smallest format whose text is as good as that of fp32, `of` what it takes. */
export function predictionVerdict(rows: readonly Compared[], of: string): Verdict {
  const reference = rows.find(({ name }) => name === 'fp32');
  const others = rows.filter((row) => row !== reference && row.share < 1);
  if (reference === undefined || others.length === 0) {
    return { sentence: `Nothing narrower than fp32 was compared by ${of}.`, tone: 'caution' };
  }
  const growth = ({ perplexity }: Compared): number => perplexity / reference.perplexity - 1;
  const fine = others.filter((row) => growth(row) <= UNNOTICED);
  if (fine.length > 0) {
    const least = fine.reduce((a, b) => (b.share < a.share ? b : a));
    return {
      sentence: `${least.name} takes ${percent(least.share)} of ${of} in fp32 at a perplexity of ${significant(least.perplexity, 4)}, of ${significant(reference.perplexity, 4)} in fp32, and picks the same token in ${percent(least.agreement)} of the cases.`,
      tone: 'good',
    };
  }
  const best = others.reduce((a, b) => (growth(a) <= growth(b) ? a : b));
  if (!Number.isFinite(growth(best))) {
    return {
      sentence: `No narrower format predicts the text: the perplexity is no number in ${listed(others.map(({ name }) => name))}.`,
      tone: 'problem',
    };
  }
  return {
    sentence: `Each narrower format makes the text worse: the best, ${best.name}, raises the perplexity by ${percent(growth(best))} at ${percent(best.share)} of ${of} in fp32.`,
    tone: growth(best) > WORSE ? 'problem' : 'caution',
  };
}
