import { duration } from '../../notebook/timing';

const BAR_WIDTH = 20;
/** Where a terminal doesn't say how wide it is. */
const DEFAULT_COLUMNS = 100;

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Says how far a run is: a line per cell, and on a terminal a bar below them while it runs. */
export class Progress {
  private done = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly total: number,
    private readonly terminal: Terminal,
  ) {}

  begin(label: string): void {
    if (this.terminal.isTTY !== true) return;
    const start = performance.now();
    const draw = (): void => {
      this.overwrite(this.bar((performance.now() - start) / 1000, label));
    };
    draw();
    this.timer = setInterval(draw, 200);
  }

  /** The cell ended; its line stays. */
  end(label: string, seconds: number, mark: 'ok' | 'failed'): void {
    clearInterval(this.timer);
    this.done++;
    const width = String(this.total).length;
    const place = `[${String(this.done).padStart(width)}/${this.total}]`;
    const line = `${place} ${mark.padEnd(6)} ${duration(seconds).padStart(9)}  ${label}`;
    if (this.terminal.isTTY === true) this.overwrite('');
    this.terminal.write(`${this.fitting(line)}\n`);
  }

  private bar(seconds: number, label: string): string {
    const filled = Math.round((BAR_WIDTH * this.done) / Math.max(1, this.total));
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
    return `${bar} ${this.done}/${this.total} ${duration(Math.floor(seconds))}  ${label}`;
  }

  private overwrite(line: string): void {
    this.terminal.write(`\r\u001b[2K${this.fitting(line)}`);
  }

  private fitting(line: string): string {
    return line.slice(0, Math.max(20, (this.terminal.columns || DEFAULT_COLUMNS) - 1));
  }
}
