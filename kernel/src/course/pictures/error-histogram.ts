import { paragraph, picture, stacked, staticBundle } from '../../display/fallback';
import { HUE } from '../../display/hues';
import { type Drawing, fixed, label } from '../../display/svg';
import { roundTicks, tickTexts } from '../../display/ticks';
import { significant } from '../../display/units';
import { HalfnoteError } from '../../errors';
import type { MimeBundle } from '../../host';
import { NumberView } from '../../inspection/views';
import { told } from '../text';
import { WORDS } from '../words';

export interface ErrorHistogramOptions {
  /** Default: 41. */
  readonly bins?: number;
  /** What the errors are counted in, below the axis: `ulp`. */
  readonly unit?: string;
}

/** Errors counted in bins of one width. */
export interface ErrorHistogram {
  /** Where the first bin begins and the last one ends. */
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
  readonly mean: number;
  readonly largest: number;
  /** Infinite ones and NaN, which no bin holds. */
  readonly notFinite: number;
}

const [LEFT, WIDTH, HEIGHT, TOP] = [56, 560, 150, 12] as const;

/**
 * How often errors of each size occur: `errorHistogram(errors, { unit: 'ulp' })`. The axis is symmetric, so that
 * errors that lean to one side are seen to.
 * @throws HalfnoteError `empty`, `invalid-argument`.
 */
export function errorHistogram(
  errors: ArrayLike<number>,
  { bins = 41, unit = '' }: ErrorHistogramOptions = {},
): NumberView<ErrorHistogram> {
  if (errors.length === 0) throw new HalfnoteError('empty', 'There are no errors to count.');
  if (!Number.isInteger(bins) || bins < 1 || bins > 1000) {
    throw new HalfnoteError(
      'invalid-argument',
      `errorHistogram() takes 1 to 1000 bins, not ${String(bins)}.`,
    );
  }
  const histogram = counted(Array.from(errors), bins);
  return new NumberView(histogram, bundleOf(histogram, errors.length, unit));
}

function counted(errors: readonly number[], bins: number): ErrorHistogram {
  const finite = errors.filter(Number.isFinite);
  const largest = finite.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const high = largest === 0 ? 1 : largest;
  const counts = new Array<number>(bins).fill(0);
  for (const x of finite) {
    const bin = Math.min(bins - 1, Math.floor(((x + high) / (2 * high)) * bins));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const mean = finite.reduce((sum, x) => sum + x, 0) / finite.length;
  return { low: -high, high, counts, mean, largest, notFinite: errors.length - finite.length };
}

function bundleOf(histogram: ErrorHistogram, count: number, unit: string): MimeBundle {
  const { mean, largest, notFinite } = histogram;
  const said = told(WORDS.errors(count, withUnit(mean, unit), withUnit(largest, unit), notFinite));
  return staticBundle(
    stacked(
      picture(() => drawing(histogram, unit, said)),
      paragraph(said),
    ),
  );
}

function withUnit(x: number, unit: string): string {
  return unit === '' ? significant(x) : `${significant(x)} ${unit}`;
}

function drawing({ low, high, counts }: ErrorHistogram, unit: string, said: string): Drawing {
  const most = Math.max(...counts, 1);
  const bottom = TOP + HEIGHT;
  const step = WIDTH / counts.length;
  const at = (x: number): number => LEFT + ((x - low) / (high - low)) * WIDTH;
  const bars = counts.map((n, i) => {
    const height = (n / most) * HEIGHT;
    return n === 0
      ? ''
      : `<rect x="${fixed(LEFT + i * step)}" y="${fixed(bottom - height)}" width="${fixed(Math.max(step - 1, 0.5))}" height="${fixed(height)}" fill="${HUE.normal}"/>`;
  });
  const ticks = roundTicks(low, high, 8);
  const texts = tickTexts(ticks.map((x) => (Math.abs(x) < 1e-12 * high ? 0 : x)));
  const axis = ticks.map((x, i) => label(at(x), bottom + 16, texts[i] ?? '', { anchor: 'middle' }));
  return {
    title: told(WORDS.errorHistogram),
    description: said,
    width: LEFT + WIDTH + 24,
    height: bottom + 38,
    body: [
      ...bars,
      `<path d="M${LEFT} ${bottom}h${WIDTH}M${fixed(at(0))} ${TOP}v${HEIGHT}" stroke="${HUE.neutral}" fill="none"/>`,
      ...axis,
      label(LEFT - 6, TOP + 10, String(most), { anchor: 'end' }),
      label(
        LEFT + WIDTH / 2,
        bottom + 34,
        `${told(WORDS.error)}${unit === '' ? '' : ` / ${unit}`}`,
        {
          anchor: 'middle',
        },
      ),
    ].join(''),
  };
}
