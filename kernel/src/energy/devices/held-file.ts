import { closeSync, openSync, readSync } from 'node:fs';

/** What sysfs shows of an attribute at most, and more than `/proc` shows of a process. */
const MOST_BYTES = 4096;
const buffer = Buffer.alloc(MOST_BYTES);

/**
 * A small file of `/proc` or `/sys` that is read again and again. It stays open, since to look up its
 * path costs more than to read it; the system tells what is there at each read.
 */
export class HeldFile {
  private fd: number | undefined;

  constructor(private readonly path: string) {}

  /**
   * What the file says now, up to 4096 bytes of it.
   * @throws the system's error where it can't be read, also when it is opened anew.
   */
  read(): string {
    if (this.fd !== undefined) {
      try {
        return text(this.fd);
      } catch {
        // What it showed is gone: there may be another of this name.
        this.close();
      }
    }
    this.fd = openSync(this.path, 'r');
    try {
      return text(this.fd);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Lets it go; the next read opens it again. */
  close(): void {
    const { fd } = this;
    this.fd = undefined;
    if (fd !== undefined) closeSync(fd);
  }
}

function text(fd: number): string {
  return buffer.toString('latin1', 0, readSync(fd, buffer, 0, MOST_BYTES, 0));
}
