import { Progress } from './progress';

/** Work that is done sooner shows no bar. */
const SHOWN_AFTER_MS = 1000;

/** The progress of work that may be over at once: shown in the cell when it takes longer. */
export class SlowProgress {
  readonly #start = performance.now();
  #bar: Progress | undefined;
  #done = 0;

  constructor(
    private readonly label: string,
    private readonly total: number,
  ) {}

  /** One more step is done. @param note What it was. */
  advance(note = ''): void {
    this.#done++;
    if (this.#bar !== undefined) this.#bar.advance(note);
    else if (performance.now() - this.#start > SHOWN_AFTER_MS && this.#done < this.total) {
      this.#bar = new Progress(this.label, this.total);
      for (let i = 0; i < this.#done; i++) this.#bar.advance(note);
    }
  }

  /** The same, with a pause in which the bar is drawn and an interrupt is heard. */
  async advanceAndYield(note = ''): Promise<void> {
    this.advance(note);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
