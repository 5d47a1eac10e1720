/** `halfnote/mime/ranges`: ranges of gradients as they go over the wire, and what is read from them. */
export { formatBand, gradientRanges, rangeLayer, rangeTime } from './schema';
export type { GradientRanges, RangeLayer, RangeSlot, RangeTime } from './schema';
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
export { asLost, atSlot, layerAt, lostOf, slotName, statsOverTime } from './time';
export type { Lost } from './time';
export { KIND_NAMES, WORRYING, rangeVerdict, worstLayers } from './verdict';
export type { LostLayer } from './verdict';
export type { Verdict } from '../../display/verdict';
