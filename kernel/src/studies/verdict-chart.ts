import { HUE } from '../display/hues';
import { type Drawing, fixed, label, NARROW } from '../display/svg';
import { roundTicks, tickTexts } from '../display/ticks';
import type { ClaimVerdict } from './claim-verdict';
import { claimRange, figureText, inUnit } from './figure-text';
import type { TestedClaim } from './tested-claim';

const WIDTH = 680;
const ROW = 24;
const TOP = 30;
const MARK = { confirmed: HUE.normal, refuted: HUE.underflow, 'not here': HUE.neutral } as const;
/** An interval of few trials can be wider than any chart: of it so many times the rest is drawn. */
const WIDEST = 3;

type Range = Pick<TestedClaim, 'low' | 'high' | 'unit'>;

/**
 * The figures of one claim's verdicts with their intervals, a line each, over the band of figures that bear the claim
 * out. The heavy line: no difference.
 */
export function verdictDrawing(
  title: string,
  verdicts: readonly ClaimVerdict[],
  claim: Range,
  width = WIDTH,
): Drawing {
  const isNarrow = width < NARROW;
  const [left, right, letters] = isNarrow ? [90, 66, 13] : [170, 90, 26];
  const { from, to } = extent(verdicts, claim);
  const within = (value: number): number => Math.min(to, Math.max(from, value));
  const x = (value: number): number =>
    left + ((within(value) - from) / (to - from)) * (width - left - right);
  const bottom = TOP + verdicts.length * ROW;
  const [low, high] = [claim.low ?? from, claim.high ?? to].map(x) as [number, number];
  const ticks = roundTicks(inUnit(from, claim.unit), inUnit(to, claim.unit), isNarrow ? 4 : 7);
  const texts = tickTexts(ticks);
  const grid = ticks.map((tick, i) => {
    const at = x(tick / inUnit(1, claim.unit));
    return (
      `<path d="M${fixed(at)} ${TOP}V${bottom}" stroke="currentColor" opacity="0.15"/>` +
      label(at, bottom + 14, `${(texts[i] ?? '').replace('-', '−')}${suffix(claim)}`, {
        anchor: 'middle',
        opacity: 0.8,
        size: 10,
      })
    );
  });
  const names = verdictNames(verdicts);
  const rows = verdicts.map((found, i) => {
    const y = TOP + i * ROW + ROW / 2;
    const hue = MARK[found.verdict];
    const [start, end] = [x(found.low), x(found.high)];
    return (
      label(left - 10, y + 4, names[i] ?? '', { anchor: 'end' }, letters) +
      `<path d="M${fixed(start)} ${y}H${fixed(Math.max(end, start + 1))}" stroke="${hue}" stroke-width="3"/>` +
      `<circle cx="${fixed(x(found.value))}" cy="${y}" r="5" fill="${hue}"/>` +
      label(width - right + 10, y + 4, found.verdict)
    );
  });
  return {
    title,
    description: `${verdicts
      .map(
        (found, i) => `${names[i] ?? ''}: ${figureText(found.value, found.unit)}, ${found.verdict}`,
      )
      .join('; ')}. The claim holds for ${claimRange(claim)}`,
    width,
    height: bottom + 22,
    body:
      label(0, 16, title, { size: 13 }) +
      `<rect x="${fixed(low)}" y="${TOP}" width="${fixed(Math.max(2, high - low))}" height="${bottom - TOP}" fill="${HUE.subnormal}" opacity="0.25"/>` +
      grid.join('') +
      `<path d="M${fixed(x(same(claim)))} ${TOP}V${bottom}" stroke="currentColor" opacity="0.7"/>` +
      rows.join(''),
  };
}

/** What tells verdicts apart: their subject, their claim, or both where several claims have several subjects. */
export function verdictNames(verdicts: readonly ClaimVerdict[]): string[] {
  const isOneClaim = new Set(verdicts.map(({ claim }) => claim)).size === 1;
  return verdicts.map(({ claim, subject }) => {
    if (subject === '') return claim;
    return isOneClaim ? subject : `${subject}, ${claim}`;
  });
}

/** What no difference is. */
const same = ({ unit }: Range): number => (unit === 'x' ? 1 : 0);

const suffix = ({ unit }: Range): string => (unit === 'x' || unit === '%' ? unit : '');

/** From the least to the most that is drawn, with some room. */
function extent(verdicts: readonly ClaimVerdict[], claim: Range): { from: number; to: number } {
  const fixedEnds = [same(claim), ...[claim.low, claim.high].filter((end) => end !== null)];
  const points = [...fixedEnds, ...verdicts.map(({ value }) => value)];
  const [least, most] = [Math.min(...points), Math.max(...points)];
  const room = WIDEST * Math.max(most - least, Number.EPSILON);
  const low = Math.max(least - room, Math.min(least, ...verdicts.map((found) => found.low)));
  const high = Math.min(most + room, Math.max(most, ...verdicts.map((found) => found.high)));
  const margin = 0.06 * (high - low || 1);
  return { from: claim.unit === 'x' ? Math.max(0, low - margin) : low - margin, to: high + margin };
}
