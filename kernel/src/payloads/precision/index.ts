/** `halfnote/mime/precision`: the comparison of number formats as it goes over the wire, and what is said of it. */
export { precisionRow, precisionTable } from './table';
export type { PrecisionRow, PrecisionTable } from './table';
export { batchCO2e, batchEnergy } from './batch-energy';
export { speedBaseline } from './speed-baseline';
export { notesBelowVerdict, trialRows } from './trial-rows';
export type { TrialRow } from './trial-rows';
