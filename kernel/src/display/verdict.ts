import { type Fallback, fold, notes } from './fallback';
import { escapeHtml, plain } from './text';
import type { Tone, Verdict } from './verdict-type';

export type { Tone, Verdict };

/** A rule at the left, by its color and its kind of line: seen in grey too. */
const RULES: Readonly<Record<Tone, string>> = {
  good: '4px solid #1a7f4b',
  caution: '4px double #9a6700',
  problem: '4px dashed #b3261e',
};

/** The verdict of a view, first in it: a sentence, and below it what to do next. */
export function verdict(said: Verdict): Fallback {
  const { sentence, tone, next } = said;
  const action =
    next === undefined
      ? ''
      : `<div class="halfnote-next" style="margin-top:4px">Next: <code style="white-space:pre-wrap">${escapeHtml(next)}</code></div>`;
  return {
    html: `<div class="halfnote-verdict" style="border-left:${RULES[tone]};padding:2px 0 2px 10px;max-width:60em"><strong>${escapeHtml(sentence)}</strong>${action}</div>`,
    text:
      plain(sentence) +
      (next === undefined ? '' : `\nNext: ${next.split('\n').map(plain).join('\n')}`),
    verdict: said,
  };
}

/** Notes on the method, which nobody needs to read the figures: below a fold. */
export function howFound(lines: readonly string[]): Fallback {
  return lines.length === 0 ? { html: '', text: '' } : fold('How this was found', notes(lines));
}
