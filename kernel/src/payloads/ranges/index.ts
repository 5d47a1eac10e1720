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
export {
  asLost,
  atSlot,
  drawnLoss,
  layerAt,
  lostOf,
  slotEnd,
  slotName,
  statsOverTime,
} from './time';
export type { Lost, LostAs } from './time';
export { KIND_NAMES, layersByLoss, rangeVerdict, worstLayers, WORRYING } from './verdict';
export type { LostLayer } from './verdict';
export type { Verdict } from '../../display/verdict';
export { comparisonVerdict, gone, rangeComparison, readComparison } from './comparison';
export type { Compared, ComparedLayer, ComparedRun, RangeComparison } from './comparison';
