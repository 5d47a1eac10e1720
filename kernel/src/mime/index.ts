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
} from './payloads';
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
} from './payloads';
export { decodeNumber, encodeNumber, encodeNumbers } from './numbers';
export { powerOfTwo, scaleText } from './exponents';
export { lossScaleHistory, scaleAt } from './loss-scale-chart';
export type { LossScaleHistory } from './loss-scale-chart';
export { isScaled, rangeStats, scaleLimit, scaleShift, zone } from './range-stats';
export type { RangeStats, Zone } from './range-stats';
export { ABSENT, bytes, duration, percent, ratio, si, significant } from './units';
export { speedBaseline } from './speed-baseline';
export { windowMethod } from './window-method';
