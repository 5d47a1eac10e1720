import { HUE } from '../../display/hues';

/** What each meaning's hue is in grey: apart from each other, where hues alone would all be the same grey. */
const GREYS: Readonly<Record<string, string>> = {
  [HUE.normal]: '#4d4d4d',
  [HUE.subnormal]: '#a6a6a6',
  [HUE.underflow]: '#333333',
  [HUE.overflow]: '#7f7f7f',
  [HUE.neutral]: '#c4c4c4',
};

/** SVG without color: each as bright as it was, or as its meaning's grey. */
export function inGrey(svg: string): string {
  return svg.replace(/#[0-9a-f]{6}\b/gi, (hex) => GREYS[hex.toLowerCase()] ?? greyOf(hex));
}

/** By the luminance of Rec. 709, on the values as they are encoded. */
function greyOf(hex: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    Number.parseInt(hex.slice(at, at + 2), 16),
  );
  const luma = Math.round(0.2126 * red + 0.7152 * green + 0.0722 * blue);
  return `#${luma.toString(16).padStart(2, '0').repeat(3)}`;
}
