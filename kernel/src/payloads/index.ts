/** `halfnote/mime`: what a front end needs of our MIME types. Pure, nothing of Node.js. */
export { MIME } from './mime-types';
export {
  carbonReport,
  energyPart,
  energyWindow,
  execution,
  formatBand,
  gradientRanges,
  precisionRow,
  precisionTable,
  rangeLayer,
} from './schemas';
export { method, number, quantity } from './wire';
export type {
  CarbonReport,
  EnergyPart,
  EnergyWindow,
  GradientRanges,
  PrecisionRow,
  PrecisionTable,
  RangeLayer,
} from './schemas';
export type { FormatBand } from '../formats/bands';
export type { WireNumber } from '../display/numbers';
export { decodeNumber, encodeNumber, encodeNumbers } from '../display/numbers';
export { powerOfTwo, scaleText } from '../display/exponents';
export { lossScaleHistory, scaleAt } from './loss-scale-history';
export type { LossScaleHistory } from './loss-scale-history';
export { isScaled, rangeStats, scaleLimit, scaleShift, zone } from './range-stats';
export type { RangeStats, Zone } from './range-stats';
export { ABSENT, bytes, duration, percent, ratio, si, significant } from '../display/units';
export { METHODS } from '../quantities/quantity';
export type { Method, Quantity, Spread } from '../quantities/quantity';
export { speedBaseline } from './speed-baseline';
export { windowMethod } from './window-method';
