import { HalfnoteError } from '../errors';

/** What the system's codes mean for somebody who wants a file. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'there is no permission to write there',
  EEXIST: 'a part of its path is a file',
  EFBIG: 'the file is larger than is allowed',
  EISDIR: 'it is a folder',
  ENOENT: 'its folder is not there and can’t be made',
  ENOSPC: 'there is no space left',
  ENOTDIR: 'a part of its path is a file',
  EPERM: 'there is no permission to write there',
  EROFS: 'the file system is read-only',
};

/** The error for what can't be written, without the names that the system's has and nobody chose. */
export function notWritable(what: string, cause: unknown, hint: string): HalfnoteError {
  return new HalfnoteError('not-writable', `Can't write ${what}: ${reasonOf(cause)}.`, hint, {
    cause,
  });
}

function reasonOf(error: unknown): string {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? code;
}
