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
export { language, type Language } from './text';
