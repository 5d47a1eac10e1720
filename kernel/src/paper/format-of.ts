import { extname } from 'node:path';
import { HalfnoteError } from '../errors';

export const TABLE_FORMATS = ['csv', 'md', 'tex'] as const;
export const FIGURE_FORMATS = ['svg', 'pdf', 'png', 'tex'] as const;

/** The format that a path's ending names. @throws HalfnoteError `invalid-argument` for another. */
export function formatOf<F extends string>(path: string, formats: readonly F[], what: string): F {
  const ending = extname(path).slice(1).toLowerCase();
  const found = formats.find((format) => format === ending);
  if (found !== undefined) return found;
  const named = formats.map((format) => `.${format}`).join(', ');
  throw new HalfnoteError(
    'invalid-argument',
    `${what} is written as ${named}, not to ${JSON.stringify(path)}.`,
    `Let the name end in one of ${named}.`,
  );
}
