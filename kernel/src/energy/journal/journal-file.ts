import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';

/** Devices may be read without end, pipes keep nothing. */
const NO_FILE = 'it is a device, a pipe or a socket, not a regular file';

/** A file to which whole texts are added, each on the disk when {@link append} returns. */
export interface AppendFile {
  /** What is in it. */
  content(): string;
  /** Adds all of the text, or throws and leaves the file as it was, as far as the disk allows. */
  append(text: string): void;
  close(): void;
}

/** Opens a file, or makes it. @throws what the file system says, and for what is no regular file. */
export function openAppendFile(path: string): AppendFile {
  const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
  let fd: number;
  try {
    // A pipe that nobody reads must not be waited for.
    fd = openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK, 0o644);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') throw new Error(NO_FILE);
    throw error;
  }
  if (!fstatSync(fd).isFile()) {
    closeSync(fd);
    throw new Error(NO_FILE);
  }
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

/** Some file systems can't be asked to flush. */
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
