import { firstLine, HalfnoteError } from '../../errors';

/** For `catch`: says that a file can't be read, and why. */
export function cannotRead(path: string): (error: unknown) => never {
  return (error) => {
    throw new HalfnoteError('cannot-read', `Can't read ${path}: ${firstLine(error)}.`, undefined, {
      cause: error,
    });
  };
}
