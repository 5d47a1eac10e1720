import { COMPUTE_FORMATS, KERAS_POLICIES } from 'halfnote/mime/formats';

/** The precisions that the toolbar offers. */
export const POLICIES: readonly string[] = COMPUTE_FORMATS;

/** What a session starts with. */
export const DEFAULT_POLICY = 'fp32';

const MAGIC = /^%precision[ \t]+([^\s-]\S*)/;

/** A cell as far as the policy is concerned. */
export interface ExecutedCell {
  readonly source: string;
  /** Null when it has not been run. */
  readonly executionCount: number | null;
}

/** The policy that a cell sets for the cells after it, or undefined. `%%precision` ends with its cell. */
export function policySetBy(source: string): string | undefined {
  const names = source.split('\n').flatMap((line) => {
    const name = MAGIC.exec(line.trim())?.[1];
    return name === undefined ? [] : [name];
  });
  const last = names.at(-1);
  return last === undefined ? undefined : (KERAS_POLICIES[last] ?? last);
}

/** The policy in force after the cells that were run, in the order in which they were run. */
export function policyOf(cells: readonly ExecutedCell[]): string {
  const setters = cells
    .filter(({ executionCount }) => executionCount !== null)
    .toSorted((a, b) => (a.executionCount ?? 0) - (b.executionCount ?? 0))
    .flatMap(({ source }) => policySetBy(source) ?? []);
  return setters.at(-1) ?? DEFAULT_POLICY;
}

/** Whether a cell does nothing but set the policy, so that choosing again may rewrite it. */
export function onlySetsPolicy(source: string): boolean {
  const text = source.trim();
  return !text.includes('\n') && policySetBy(text) !== undefined;
}

/** The line that sets `policy`. */
export function policyMagic(policy: string): string {
  return `%precision ${policy}`;
}
