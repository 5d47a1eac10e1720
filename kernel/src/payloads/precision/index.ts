/** `halfnote/mime/precision`: the comparison of number formats as it goes over the wire, and what is said of it. */
export { precisionRow, precisionTable } from './table';
export type { PrecisionRow, PrecisionTable, ScoreTest } from './table';
export { claim, CLAIMED, claimSource } from './claim';
export type { Claimed, ClaimSource, PrecisionClaim } from './claim';
export {
  CLAIMED_NAMES,
  claimOrigin,
  claimSentence,
  claimsOf,
  drawnClaim,
  hasClaims,
  measuredHere,
  NO_SOURCE,
  sourceName,
} from './claim-words';
export { BEST, bestFormats } from './best';
export type { Ranked } from './best';
export { batchCO2e, batchEnergy } from './batch-energy';
export { speedBaseline } from './speed-baseline';
export { notesBelowVerdict, trialRows } from './trial-rows';
export type { TrialRow } from './trial-rows';
export {
  COST_NAMES,
  costScale,
  costsOf,
  costText,
  frontLine,
  frontOf,
  pointText,
  silenceText,
  worthName,
  worthsOf,
  worthText,
} from './front';
export type { Cost, Front, FrontPoint, Worth } from './front';
export { scoreChange, scoreChangeText, scoreIntervalText, scoreText } from './score-words';
export type { ScoreChange } from './score-words';
export { precisionVerdict } from './verdict';
export type { PrecisionVerdict } from './verdict';
