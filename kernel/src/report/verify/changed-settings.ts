import { differencesOf } from '../diff/diff';
import type { Report } from '../schema';

/** What says where things are or how many, not how they are done; and why something isn't known. */
const ELSEWHERE = /^(notebook|trials|timeoutS)$|\.unknown$/;

/** Settings of machine, engine and environment that are others in another run, in words: why figures may differ. */
export function changedSettings(before: Report, after: Report): string[] {
  return differencesOf(before, after).flatMap(({ part, field, a, b }) =>
    part === 'settings' && !ELSEWHERE.test(field)
      ? [`${field} was ${a} for the report, and is ${b} here`]
      : [],
  );
}
