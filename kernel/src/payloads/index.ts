/** `halfnote/mime`: what a front end needs of our MIME types. Pure, nothing of Node.js. */
export {
  MIME,
  carbonReport,
  energyPart,
  energyWindow,
  execution,
  formatBand,
  gradientRanges,
  method,
  number,
  precisionRow,
  precisionTable,
  rangeLayer,
} from './schemas';
export type {
  CarbonReport,
  EnergyPart,
  EnergyWindow,
  FormatBand,
  GradientRanges,
  PrecisionRow,
  PrecisionTable,
  RangeLayer,
  WireNumber,
} from './schemas';
export { decodeNumber, encodeNumber, encodeNumbers } from '../display/numbers';
export { powerOfTwo, scaleText } from '../display/exponents';
export { lossScaleHistory, scaleAt } from '../precision/loss-scale/chart';
export type { LossScaleHistory } from '../precision/loss-scale/chart';
export { isScaled, rangeStats, scaleLimit, scaleShift, zone } from './range-stats';
export type { RangeStats, Zone } from './range-stats';
export { ABSENT, bytes, duration, percent, ratio, si, significant } from '../display/units';
export { speedBaseline } from './speed-baseline';
export { windowMethod } from './window-method';
