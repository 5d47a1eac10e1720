/** `halfnote/mime`: what a front end needs of our MIME types. Pure, nothing of Node.js. */
export { MIME } from './mime-types';
export { carbonReport, energyDevice, energyPart, energyWindow } from './carbon-report';
export type { CarbonReport, EnergyDevice, EnergyPart, EnergyWindow } from './carbon-report';
export {
  execution,
  formatBand,
  gradientRanges,
  precisionRow,
  precisionTable,
  rangeLayer,
} from './schemas';
export { method, number, quantity } from './wire';
export type { GradientRanges, PrecisionRow, PrecisionTable, RangeLayer } from './schemas';
export type { FormatBand } from '../formats/bands';
export type { WireNumber } from '../display/numbers';
export { decodeNumber, encodeNumber, encodeNumbers } from '../display/numbers';
export { powerOfTwo, scaleText } from '../display/exponents';
export { lossScaleHistory, scaleAt } from './loss-scale-history';
export type { LossScaleHistory } from './loss-scale-history';
export {
  isScaled,
  rangeStats,
  scaleLimit,
  scaleShift,
  underflowText,
  zerosMayBeLost,
  zone,
} from './range-stats';
export { SHADES, shade } from './shade';
export { HUE } from '../display/hues';
export type { RangeStats, Zone } from './range-stats';
export { ABSENT, bytes, duration, percent, ratio, si, significant } from '../display/units';
export { METHODS } from '../quantities/quantity';
export type { Method, Quantity, Spread } from '../quantities/quantity';
export { batchCO2e, batchEnergy } from './batch-energy';
export { withinBudget } from './budget';
export type { WithinBudget } from './budget';
export { speedBaseline } from './speed-baseline';
export { notesBelowVerdict, trialRows } from './trial-rows';
export type { TrialRow } from './trial-rows';
export { printQuantity } from '../quantities/print';
export { accountRows, boundaryRows, intensityLine, joulesLike } from './energy-figures';
export type { AccountRow, BoundaryRow } from './energy-figures';
export { windowName, windowRows } from './window-rows';
export type { WindowRow, WindowRows } from './window-rows';
