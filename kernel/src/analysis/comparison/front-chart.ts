import { HUE } from '../../display/hues';
import { type Drawing, fixed, label, NARROW } from '../../display/svg';
import { roundTicks, tickTexts } from '../../display/ticks';
import {
  type Cost,
  COST_NAMES,
  costScale,
  type Front,
  type FrontPoint,
  frontLine,
  frontOf,
  pointText,
  type Worth,
  worthName,
} from '../../payloads/precision/front';
import type { PrecisionTable } from '../../payloads/precision/table';
import { labelPlaces } from './label-places';

const WIDTH = 664;
const LEFT = 64;
const RIGHT = 40;
const TOP = 44;
const HEIGHT = 210;
const LONGEST_NAME = 18;

const CIRCLE = 'M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z';
const DIAMOND = 'M0 -5.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z';

/** Formats by worth against cost, with intervals, their names and the front; nothing where there are no two. */
export function frontChart(
  table: PrecisionTable,
  cost: Cost,
  worth: Worth,
  width = WIDTH,
): Drawing | undefined {
  const front = frontOf(table, cost, worth);
  if (front.points.length < 2) return undefined;
  const plot = width - LEFT - RIGHT;
  const scale = costScale(front, table);
  const x = horizontal(front, scale, plot);
  const y = vertical(front, table);
  const bottom = TOP + HEIGHT;
  const marks = front.points.map((point) => ({
    point,
    x: x.at(point.cost),
    y: y.at(point.worth),
    text: shortened(point.format),
  }));
  const names = labelPlaces(marks, {
    left: LEFT,
    right: width,
    top: TOP - 6,
    bottom: bottom + 2,
  });
  const better = front.isMoreBetter ? 'up' : 'down';
  const keys = legend(front, bottom + 50, width);
  return {
    title: `${capitalized(worthName(worth, table))} against ${COST_NAMES[cost]}`,
    description: `${front.points.map((point) => pointText(point, front, table)).join('; ')}.`,
    width,
    height: bottom + 58 + keys.extra,
    body: [
      label(LEFT, 14, `${capitalized(worthName(worth, table))} (better: ${better})`, { size: 11 }),
      ...y.ticks.map(
        ({ at, text }) =>
          `<path d="M${LEFT} ${fixed(at)}h${plot}" stroke="currentColor" opacity="0.15"/>` +
          label(LEFT - 6, at + 4, text, { anchor: 'end', opacity: 0.8, size: 10 }),
      ),
      ...x.ticks.map(
        ({ at, text }) =>
          `<path d="M${fixed(at)} ${TOP}V${bottom}" stroke="currentColor" opacity="0.15"/>` +
          label(at, bottom + 14, text, { anchor: 'middle', opacity: 0.8, size: 10 }),
      ),
      label(LEFT + plot, bottom + 30, `${COST_NAMES[cost]} against ${scale.of} (better: left)`, {
        anchor: 'end',
        size: 11,
      }),
      frontPath(front, x.at, y.at),
      ...marks.map(({ point, x: cx }) => bars(point, cx, x.at, y.at)),
      ...marks.map(({ point, x: cx, y: cy }) => mark(point, cx, cy)),
      ...marks.map(({ text }, i) => {
        const place = names[i];
        return place === undefined ? '' : label(place.x, place.y, text, { anchor: place.anchor });
      }),
      keys.body,
    ].join(''),
  };
}

interface Axis {
  readonly at: (value: number) => number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

function horizontal(
  front: Front,
  { unit, isLogarithmic }: ReturnType<typeof costScale>,
  plot: number,
): Axis {
  const costs = front.points.flatMap(({ cost, costInterval }) => [cost, ...(costInterval ?? [])]);
  const positive = costs.filter((cost) => cost > 0).map((cost) => cost / unit);
  const most = Math.max(...positive);
  if (isLogarithmic) {
    const [low, high] = [Math.floor(Math.log2(Math.min(...positive))), Math.log2(most)];
    const end = high + 0.15;
    const at = (cost: number): number =>
      LEFT + ((Math.max(low, Math.log2(cost / unit)) - low) / (end - low)) * plot;
    const step = Math.ceil((high - low) / (plot / 80));
    const exponents = Array.from(
      { length: Math.floor((high - low) / step) + 1 },
      (_, i) => low + i * step,
    );
    return {
      at,
      ticks: exponents.map((e) => ({ at: at(unit * 2 ** e), text: `${powerOfTwoText(e)}x` })),
    };
  }
  const end = most * 1.05;
  const at = (cost: number): number => LEFT + (cost / unit / end) * plot;
  const ticks = roundTicks(0, end, plot / 90);
  const texts = tickTexts(ticks);
  return { at, ticks: ticks.map((tick, i) => ({ at: at(tick * unit), text: `${texts[i]}x` })) };
}

function powerOfTwoText(exponent: number): string {
  return exponent < 0 ? `1/${2 ** -exponent}` : String(2 ** exponent);
}

function vertical(front: Front, { metric }: PrecisionTable): Axis {
  const isAccuracy = front.worth === 'score' && metric === 'accuracy';
  const values = front.points
    .flatMap(({ worth, worthInterval }) => [worth, ...(worthInterval ?? [])])
    .filter(Number.isFinite);
  const [least, most] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  const pad = (most - least) * 0.08 || Math.abs(most) * 0.05 || 1;
  const bounds = [least - pad, most + pad] as const;
  const low = isAccuracy ? Math.max(0, bounds[0]) : bounds[0];
  const high = isAccuracy ? Math.min(1 + pad / 4, bounds[1]) : bounds[1];
  const at = (worth: number): number =>
    worth === Infinity ? TOP + 4 : TOP + HEIGHT - ((worth - low) / (high - low)) * HEIGHT;
  const ticks = roundTicks(low, isAccuracy ? Math.min(1, high) : high, 5);
  const shown = tickTexts(isAccuracy ? ticks.map((tick) => tick * 100) : ticks);
  const unit = isAccuracy ? '%' : front.worth === 'sqnr' ? ' dB' : '';
  const isExact = front.points.some(({ worth }) => worth === Infinity);
  return {
    at,
    ticks: [
      ...ticks.map((tick, i) => ({ at: at(tick), text: `${shown[i]}${unit}` })),
      ...(isExact ? [{ at: TOP + 4, text: 'exact' }] : []),
    ].filter(({ at: place, text }) => text === 'exact' || !isExact || place > TOP + 16),
  };
}

type Place = (value: number) => number;

/** Of what is had for a cost: flat up to the next better format, then up to it. */
function frontPath(front: Front, x: Place, y: Place): string {
  const steps = frontLine(front).map(({ cost, worth }, i) =>
    i === 0 ? `M${fixed(x(cost))} ${fixed(y(worth))}` : `H${fixed(x(cost))}V${fixed(y(worth))}`,
  );
  return `<path d="${steps.join('')}" fill="none" stroke="${HUE.normal}" stroke-width="2" opacity="0.7"/>`;
}

/** Intervals of both figures. */
function bars(
  { worth, worthInterval, costInterval }: FrontPoint,
  cx: number,
  x: Place,
  y: Place,
): string {
  const [low, high] = worthInterval ?? [];
  const [from, to] = costInterval ?? [];
  return [
    ...(low === undefined || high === undefined
      ? []
      : [
          `M${fixed(cx)} ${fixed(y(low))}V${fixed(y(high))}M${fixed(cx - 3)} ${fixed(y(low))}h6M${fixed(cx - 3)} ${fixed(y(high))}h6`,
        ]),
    ...(from === undefined || to === undefined
      ? []
      : [`M${fixed(x(Math.max(0, from)))} ${fixed(y(worth))}H${fixed(x(to))}`]),
  ]
    .map((path) => `<path d="${path}" stroke="currentColor" opacity="0.45" fill="none"/>`)
    .join('');
}

/** A native format is a disc, a simulated one an open diamond; gray where another one beats it. */
function mark(
  { execution, isOnFront }: Pick<FrontPoint, 'execution' | 'isOnFront'>,
  x: number,
  y: number,
): string {
  const hue = isOnFront ? HUE.normal : HUE.neutral;
  const fill = execution === 'native' ? hue : '#fff';
  return `<path transform="translate(${fixed(x)} ${fixed(y)})" d="${execution === 'native' ? CIRCLE : DIAMOND}" fill="${fill}" stroke="${hue}" stroke-width="2"/>`;
}

/** What the marks are; where there is little room the front's on a line of its own. */
function legend(
  { points }: Front,
  y: number,
  width: number,
): { readonly body: string; readonly extra: number } {
  const looks = [...new Set(points.map(({ execution }) => execution))].toSorted();
  const marks = looks.map(
    (execution, i) =>
      mark({ execution, isOnFront: true }, LEFT + 6 + i * 90, y - 4) +
      label(LEFT + 16 + i * 90, y, execution, { size: 10 }),
  );
  const isNarrow = width < NARROW;
  const [x, below] = isNarrow ? [LEFT, 16] : [LEFT + looks.length * 90, 0];
  const told = isNarrow
    ? 'the front; bars are intervals'
    : 'the front: no format is better and costs less; bars are intervals';
  const line = `<path d="M${x} ${y + below - 4}h22" stroke="${HUE.normal}" stroke-width="2" opacity="0.7"/>`;
  return {
    body: marks.join('') + line + label(x + 28, y + below, told, { size: 10 }),
    extra: below,
  };
}

function shortened(text: string): string {
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME - 1)}…` : text;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
