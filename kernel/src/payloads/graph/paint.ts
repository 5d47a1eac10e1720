import { HUE } from '../../display/hues';
import { decodeNumber } from '../../display/numbers';
import { bytes, significant } from '../../display/units';
import type { GraphColor, PlottedBox, PlottedNode } from './schema';

/** How a box is painted: a hue, how much of it from 0 to 1, and the figure behind it. */
export interface Paint {
  readonly hue: string;
  readonly strength: number;
  /** Empty where there is none. */
  readonly text: string;
}

/** What the paint means, in steps. */
export interface Key {
  readonly hue: string;
  readonly strength: number;
  readonly text: string;
}

const TEAL = '#12907f';

/** Widths of numbers, widest first. */
const WIDTHS = [
  { text: '32 bits and more', hue: HUE.neutral },
  { text: '16 bits', hue: HUE.normal },
  { text: '8 bits', hue: TEAL },
  { text: 'below 8 bits', hue: HUE.overflow },
] as const;

/** Signal to noise at which the paint is whole, and at which there is none. */
const [NOISY_DB, CLEAN_DB] = [5, 45];

/** The paint of each box of a layout; of a block that of what stands out in it. */
export function paints(
  boxes: readonly PlottedBox[],
  nodes: readonly PlottedNode[],
  color: GraphColor,
): readonly Paint[] {
  const held = boxes.map((box) => box.nodes.flatMap((place) => nodes[place] ?? []));
  if (color === 'format') return held.map(byFormat);
  if (color === 'error') return held.map(byError);
  const sums = held.map((own) => own.reduce((sum, { weightBytes }) => sum + weightBytes, 0));
  const most = Math.max(1, ...sums);
  return sums.map((sum) =>
    sum === 0 ? NONE : { hue: HUE.normal, strength: 0.15 + (0.85 * sum) / most, text: bytes(sum) },
  );
}

/** What the colors mean. */
export function keys(color: GraphColor): readonly Key[] {
  if (color === 'format') return WIDTHS.map(({ text, hue }) => ({ hue, strength: 1, text }));
  if (color === 'bytes') {
    return [
      { hue: HUE.normal, strength: 0.2, text: 'few bytes of weights' },
      { hue: HUE.normal, strength: 1, text: 'most' },
    ];
  }
  return [40, 20, 10].map((db) => ({ ...ofNoise(db), text: `${db} dB` }));
}

const NONE: Paint = { hue: HUE.neutral, strength: 0, text: '' };

function byFormat(nodes: readonly PlottedNode[]): Paint {
  const formats = nodes.map(({ format }) => format).filter((format) => format !== '');
  const narrow = formats.map(widthOf).filter((width) => width !== undefined);
  if (narrow.length === 0) return { ...NONE, text: formats[0] ?? '' };
  const { hue } = WIDTHS[Math.max(...narrow)] ?? WIDTHS[0];
  const known = [...new Set(formats.filter((format) => widthOf(format) !== undefined))];
  return { hue, strength: 1, text: known.join(', ') };
}

/** The place in {@link WIDTHS} of a format by its bits; undefined of what holds no numbers. */
function widthOf(format: string): number | undefined {
  const bits = bitsOf(format);
  if (bits === undefined) return undefined;
  return bits >= 19 ? 0 : bits >= 9 ? 1 : bits === 8 ? 2 : 3;
}

const NAMED: Readonly<Record<string, number>> = {
  ternary: 2,
  binary: 1,
  e4m3fn: 8,
  e4m3: 8,
  e5m2: 8,
  e3m4: 8,
};

function bitsOf(format: string): number | undefined {
  if (Object.hasOwn(NAMED, format)) return NAMED[format];
  const minifloat = /e(\d)m(\d)/.exec(format);
  if (minifloat !== null) return 1 + Number(minifloat[1]) + Number(minifloat[2]);
  const digits = /(\d+)/.exec(format)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function byError(nodes: readonly PlottedNode[]): Paint {
  const found = nodes.flatMap(({ sqnrDb }) => (sqnrDb === null ? [] : [decodeNumber(sqnrDb)]));
  if (found.length === 0) return NONE;
  const worst = Math.min(...found);
  return { ...ofNoise(worst), text: worst === Infinity ? 'exact' : `${significant(worst)} dB` };
}

function ofNoise(sqnrDb: number): Omit<Paint, 'text'> {
  const part = (CLEAN_DB - sqnrDb) / (CLEAN_DB - NOISY_DB);
  return { hue: HUE.underflow, strength: Math.min(1, Math.max(0.1, part)) };
}
