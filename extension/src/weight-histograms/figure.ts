import { heights, outline, signed, type Scale, type WeightLayer } from 'halfnote/mime/weights';
import { svgElement } from '../dom/svg';

const WIDTH = 560;
const PLOT = 150;
const TOP = 8;

/** One layer's weights: before as an area, after as a line, in the same bins. */
export function weightsPicture(layer: WeightLayer, scale: Scale): SVGSVGElement | undefined {
  const { histogram, name } = layer;
  if (histogram === null) return undefined;
  const bars = heights(histogram, scale);
  const place = { x: 0.5, y: TOP + PLOT, width: WIDTH - 1, height: PLOT };
  const text = (x: number, anchor: string, words: string): SVGTextElement =>
    svgElement('text', { x, y: TOP + PLOT + 16, 'text-anchor': anchor }, [words]);
  const zero = -histogram.low / (histogram.high - histogram.low);
  const picture = svgElement(
    'svg',
    {
      class: 'hn-weights-picture',
      viewBox: `0 0 ${WIDTH} ${TOP + PLOT + 22}`,
      role: 'img',
      'aria-label': `Histogram of the weights of ${name} before and after rounding, from ${signed(histogram.low)} to ${signed(histogram.high)}`,
    },
    [
      svgElement('path', { class: 'hn-before', d: `${outline(bars.before, place)}Z` }),
      svgElement('path', { class: 'hn-after', d: outline(bars.after, place) }),
      svgElement('path', { class: 'hn-base', d: `M0 ${place.y}H${WIDTH}` }),
      text(0, 'start', signed(histogram.low)),
      text(WIDTH, 'end', signed(histogram.high)),
      ...(zero > 0.1 && zero < 0.9 ? [text(zero * WIDTH, 'middle', '0')] : []),
    ],
  );
  return picture;
}
