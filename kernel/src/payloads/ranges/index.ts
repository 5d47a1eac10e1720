/** `halfnote/mime/ranges`: ranges of gradients as they go over the wire, and what is read from them. */
export { formatBand, gradientRanges, rangeLayer } from './schema';
export type { GradientRanges, RangeLayer } from './schema';
export {
  isScaled,
  rangeStats,
  scaleLimit,
  scaleShift,
  underflowText,
  zerosMayBeLost,
  zone,
} from './stats';
export type { RangeStats, Zone } from './stats';
