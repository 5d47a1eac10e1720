import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';

/** A file to which whole texts are added, each on the disk when {@link append} returns. */
export interface AppendFile {
  /** What is in it. */
  content(): string;
  /** Adds all of the text, or throws and leaves the file as it was, as far as the disk allows. */
  append(text: string): void;
  close(): void;
}

/** Opens a file, or makes it. @throws what the file system says. */
export function openAppendFile(path: string): AppendFile {
  const fd = openSync(path, 'a', 0o644);
  return {
    content: () => readFileSync(path, 'utf8'),
    append(text) {
      const before = fstatSync(fd).size;
      const bytes = Buffer.from(text);
      try {
        for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
        flush(fd);
      } catch (error) {
        restore(fd, before);
        throw error;
      }
    },
    close: () => {
      closeSync(fd);
    },
  };
}

/** Pipes and some devices can't be flushed; what is written there is gone at once. */
function flush(fd: number): void {
  try {
    fsyncSync(fd);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EINVAL' && code !== 'ENOTSUP') throw error;
  }
}

function restore(fd: number, size: number): void {
  try {
    ftruncateSync(fd, size);
  } catch {
    // Then the next reader finds a cut line, and says so.
  }
}
