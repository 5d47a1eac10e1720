import { ask } from '../energy/ask';
import { host } from '../host';
import { difference } from '../quantities/arithmetic';
import type { Quantity } from '../quantities/quantity';

/** The kernel need not be asked more often: its meters tell no more. */
const ASK_MS = 2000;

/** What the user's code of the running cell has taken since this was made. Nothing in a plain script. */
export class CellEnergy {
  readonly #before = energyOfCell();
  #askedAt = performance.now();
  #asked: Promise<void> | undefined;
  #energyJ: Quantity | undefined;

  /** As it was told last; undefined where nothing was, or nothing is measured. */
  get energyJ(): Quantity | undefined {
    return this.#energyJ;
  }

  /** Asks anew, where the last answer is old and has come. */
  refresh(): void {
    if (this.#asked !== undefined || performance.now() - this.#askedAt < ASK_MS) return;
    this.#askedAt = performance.now();
    this.#asked = this.ask().finally(() => {
      this.#asked = undefined;
    });
  }

  /** The answer of now. */
  async ask(): Promise<void> {
    const [before, now] = await Promise.all([this.#before, energyOfCell()]);
    if (before !== undefined && now !== undefined)
      this.#energyJ = difference(now, before, 'shared');
  }
}

async function energyOfCell(): Promise<Quantity | undefined> {
  const notebook = host();
  if (notebook === undefined) return undefined;
  const asking = (): Promise<unknown> => ask('energy.running', {});
  try {
    const told = await (notebook.own === undefined ? asking() : notebook.own(asking));
    return (told as { readonly energyJ: Quantity } | undefined)?.energyJ;
  } catch {
    // Training goes on where nothing is measured.
    return undefined;
  }
}
