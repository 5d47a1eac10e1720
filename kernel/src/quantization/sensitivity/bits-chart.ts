import { HUE } from '../../display/hues';
import { type Drawing, fixed, label, NARROW } from '../../display/svg';

interface Bar {
  readonly layer: string;
  readonly format: string;
  readonly bits: number;
  readonly weights: number;
}

const WIDTH = 660;
const ROW = 20;
const TOP = 12;

/** A bar per layer: as long as its weights have bits. */
export function bitsChart(model: string, layers: readonly Bar[], width = WIDTH): Drawing {
  const [left, right, letters] = width < NARROW ? [100, 125, 15] : [170, 130, 26];
  const plot = width - left - right;
  const most = Math.max(8, ...layers.map(({ bits }) => bits));
  const x = (bits: number): number => left + (bits / most) * plot;
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
      label(left - 10, y + 14, layer, { anchor: 'end' }, letters) +
      `<rect x="${left}" y="${y + 4}" width="${fixed(x(bits) - left)}" height="${ROW - 8}" fill="${fill}"/>` +
      label(x(bits) + 6, y + 14, `${format}, ${weights.toLocaleString('en')} weights`, { size: 10 })
    );
  });
  return {
    title: `Bits per weight of ${model}`,
    description: layers.map(({ layer, format }) => `${layer}: ${format}`).join('; '),
    width,
    height: bottom + 34,
    body:
      ticks.join('') +
      bars.join('') +
      label(left + plot / 2, bottom + 29, 'bits per weight', { anchor: 'middle', size: 10 }),
  };
}
