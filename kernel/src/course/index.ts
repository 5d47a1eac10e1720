/** `halfnote/course`: what assignments need. Checks tell what is wrong with a function, never how it is right. */

export {
  check,
  checkAsync,
  CheckResult,
  mustPass,
  mustPassAsync,
  type Checked,
  type HiddenCase,
} from './check';
export type { ArgumentsOf, CheckId } from './checks/table';
export {
  errorHistogram,
  type ErrorHistogram,
  type ErrorHistogramOptions,
} from './pictures/error-histogram';
export { numberLine, type NumberLine, type NumberLineOptions } from './pictures/number-line';
export { language, type Language } from './text';
