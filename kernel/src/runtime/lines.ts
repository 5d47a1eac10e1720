/** Puts lines together again from the chunks of a stream. */
export class LineReader {
  private rest = '';

  /** The lines that `chunk` completes, in order and without their ends. */
  push(chunk: Buffer): string[] {
    const lines = (this.rest + chunk.toString()).split('\n');
    this.rest = lines.pop() ?? '';
    return lines;
  }
}
