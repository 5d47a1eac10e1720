import type { Report } from '../schema';

type Result = Report['results'][number];

/**
 * The results of two reports that are the same by cell and name; one that a cell records again under its name
 * is told by its place among them.
 */
export function pairResults(
  a: Report['results'],
  b: Report['results'],
): {
  readonly pairs: readonly { readonly a: Result; readonly b: Result | undefined }[];
  /** Those of `b` that `a` lacks. */
  readonly more: readonly Result[];
} {
  const used = new Set<Result>();
  const pairs = a.map((result) => {
    const other = b.find(
      (candidate) =>
        candidate.cell === result.cell && candidate.name === result.name && !used.has(candidate),
    );
    if (other !== undefined) used.add(other);
    return { a: result, b: other };
  });
  return { pairs, more: b.filter((result) => !used.has(result)) };
}
