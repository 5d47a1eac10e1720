import { COMPUTE_FORMATS } from 'halfnote/mime/formats';
import type { PolicyReport } from 'halfnote/mime/front-end';

/** The precisions that the toolbar offers. */
export const POLICIES: readonly string[] = COMPUTE_FORMATS;

/** What is shown until the kernel has told the policy. */
export const UNKNOWN = 'unknown';

const MAGIC = /^%precision[ \t]+[^\s-]\S*[^\n]*$/;

/** Whether a cell does nothing but set the policy, so that choosing again may rewrite it. */
export function onlySetsPolicy(source: string): boolean {
  return MAGIC.test(source.trim());
}

/** The line that sets `policy`. */
export function policyMagic(policy: string): string {
  return `%precision ${policy}`;
}

/** What the toolbar says of the policy on hover. */
export function policyTitle(report: PolicyReport | undefined): string {
  if (report === undefined) return 'The kernel has not told its precision yet';
  const { keep, running } = report;
  const kept = keep === '' ? '' : `; layers of their own: ${keep}`;
  const now = running === null ? '' : `; a cell or scope computes in ${running} now`;
  return `Precision of the cells that follow${kept}${now}`;
}
