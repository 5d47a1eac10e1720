import { HUE } from '../../display/hues';
import { fixed, label, svg } from '../../display/svg';

interface Bar {
  readonly layer: string;
  readonly format: string;
  readonly bits: number;
  readonly weights: number;
}

const LEFT = 170;
const PLOT = 360;
const RIGHT = 130;
const ROW = 20;
const TOP = 12;

/** A bar per layer: as long as its weights have bits. */
export function bitsChart(model: string, layers: readonly Bar[]): string {
  const most = Math.max(8, ...layers.map(({ bits }) => bits));
  const x = (bits: number): number => LEFT + (bits / most) * PLOT;
  const bottom = TOP + layers.length * ROW;
  const step = most > 8 ? 8 : 2;
  const ticks = Array.from({ length: most / step + 1 }, (_, i) => i * step).map(
    (bits) =>
      `<path d="M${fixed(x(bits))} ${TOP - 4}V${bottom}" stroke="currentColor" opacity="0.15"/>` +
      label(x(bits), bottom + 14, String(bits), { anchor: 'middle', opacity: 0.8, size: 10 }),
  );
  const bars = layers.map(({ layer, format, bits, weights }, i) => {
    const y = TOP + i * ROW;
    const fill = format === 'fp32' ? HUE.neutral : HUE.normal;
    return (
      label(LEFT - 10, y + 14, layer, { anchor: 'end' }, 26) +
      `<rect x="${LEFT}" y="${y + 4}" width="${fixed(x(bits) - LEFT)}" height="${ROW - 8}" fill="${fill}"/>` +
      label(x(bits) + 6, y + 14, `${format}, ${weights.toLocaleString('en')} weights`, { size: 10 })
    );
  });
  return svg({
    title: `Bits per weight of ${model}`,
    description: layers.map(({ layer, format }) => `${layer}: ${format}`).join('; '),
    width: LEFT + PLOT + RIGHT,
    height: bottom + 34,
    body:
      ticks.join('') +
      bars.join('') +
      label(LEFT + PLOT / 2, bottom + 29, 'bits per weight', { anchor: 'middle', size: 10 }),
  });
}
