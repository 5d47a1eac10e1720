import { readFile } from 'node:fs/promises';
import { HalfnoteError } from '../errors';

/** Read once: it is some 680 kB. */
let own: Promise<Buffer> | undefined;

/** The font of figures: DejaVu Sans Condensed, which has signs such as 2⁻²⁴, µ and ≥, or a file's. */
export function fontBytes(path?: string): Promise<Buffer> {
  if (path === undefined) {
    own ??= readFile(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf'));
    return own;
  }
  return readFile(path).catch((cause: unknown) => {
    throw new HalfnoteError(
      'cannot-read',
      `Can't read the font ${path}.`,
      'Name a TrueType or OpenType file, or leave `font` out.',
      { cause },
    );
  });
}
