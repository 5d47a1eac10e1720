import { HUE } from '../../display/hues';
import { type Drawing, fixed, label, NARROW } from '../../display/svg';
import { decodeNumber } from '../../display/numbers';
import type { WeightLayer } from '../../payloads/weights/histograms';
import { heights, outline } from '../../payloads/weights/steps';
import { noisiestFirst, signed, sqnrText } from '../../payloads/weights/words';

/** Layers that are drawn: the noisiest. */
const SHOWN = 5;
const WIDTH = 780;
const GAP = 16;
const PLOT = 84;
const TOP = 40;
const CELL = TOP + PLOT + 30;

/** Small histograms side by side: weights before as an area, after as a line. */
export function weightsChart(
  model: string,
  layers: readonly WeightLayer[],
  width = WIDTH,
): Drawing | undefined {
  const drawn = noisiestFirst(layers)
    .flatMap((index) => layers[index] ?? [])
    .filter(({ histogram }) => histogram !== null)
    .slice(0, SHOWN);
  if (drawn.length === 0) return undefined;
  const columns = width < NARROW ? 2 : SHOWN;
  const cell = (width + GAP) / columns;
  const rows = Math.ceil(drawn.length / columns);
  const body = drawn.map((layer, i) => {
    const [x, y] = [(i % columns) * cell, 18 + Math.floor(i / columns) * CELL];
    return `<g transform="translate(${fixed(x)} ${fixed(y)})">${small(layer, cell - GAP)}</g>`;
  });
  return {
    title: `Weights of ${model} before and after rounding`,
    description: drawn.map(inWords).join('; '),
    width,
    height: 18 + rows * CELL,
    body: legend() + body.join(''),
  };
}

function small({ name, format, sqnrDb, histogram }: WeightLayer, width: number): string {
  if (histogram === null) return '';
  const bars = heights(histogram, 'logarithmic');
  const place = { x: 0, y: TOP + PLOT, width, height: PLOT };
  const letters = Math.floor(width / 6.2);
  return (
    label(0, 14, name, { size: 11.5 }, letters) +
    label(0, 29, `${format}, ${sqnrText(sqnrDb)}`, { size: 10, opacity: 0.85 }) +
    `<path d="${outline(bars.before, place)}Z" fill="${HUE.neutral}" opacity="0.45"/>` +
    `<path d="${outline(bars.after, place)}" fill="none" stroke="${HUE.normal}" stroke-width="1.2"/>` +
    `<path d="M0 ${place.y}H${fixed(width)}" stroke="currentColor" opacity="0.5"/>` +
    label(0, place.y + 14, signed(histogram.low), { size: 10 }) +
    label(width, place.y + 14, signed(histogram.high), { size: 10, anchor: 'end' })
  );
}

function legend(): string {
  return (
    `<rect x="0" y="2" width="12" height="9" fill="${HUE.neutral}" opacity="0.45"/>${label(17, 10, 'before', { size: 10 })}` +
    `<path d="M64 6.500H76" stroke="${HUE.normal}" stroke-width="1.5"/>${label(81, 10, 'after; heights are logarithms of counts', { size: 10 })}`
  );
}

function inWords({ name, format, sqnrDb, worstChannel, histogram }: WeightLayer): string {
  const range =
    histogram === null ? '' : `, from ${signed(histogram.low)} to ${signed(histogram.high)}`;
  return `${name} in ${format}${range}: ${sqnrText(decodeNumber(sqnrDb))}, worst channel ${worstChannel.index}`;
}
