import { Budget, type Spent } from './budget';
import type { BudgetAmount } from './amount';

/** What the watch needs of the process that measures. */
export interface BudgetPorts {
  /** What the session has spent so far. */
  spent(): Spent;
  /** Tells the user, in the cell that runs or in the next one. */
  say(message: string): void;
  /** Ends what trains, with its weights kept. */
  stopTraining(): void;
}

const EVERY_MS = 1000;

/**
 * Looks every second at what has been spent of a budget, while there is one: the cell process may compute
 * without a pause, so this runs beside it.
 */
export class BudgetWatch {
  #budget: Budget | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly ports: BudgetPorts) {}

  /** Sets, replaces or (without an amount) lifts the budget. What is known of it now, in words. */
  set(amount: BudgetAmount | undefined, stop: boolean): string {
    clearInterval(this.#timer);
    if (amount === undefined) {
      this.#budget = undefined;
      return 'There is no energy budget.';
    }
    this.#budget = new Budget(amount, stop);
    this.#timer = setInterval(() => {
      try {
        this.look();
      } catch {
        // It is looked at again in a second; what is measured must not fail by it.
      }
    }, EVERY_MS);
    this.#timer.unref();
    const then = stop ? '; a running fit ends when it is spent' : '';
    return `Energy budget of the session: ${this.#budget.status(this.ports.spent())}${then}.`;
  }

  /** The session begins anew: so does what is spent. */
  restart(): void {
    if (this.#budget !== undefined) this.set(this.#budget.amount, this.#budget.stop);
  }

  look(): void {
    const budget = this.#budget;
    if (budget === undefined) return;
    const spent = this.ports.spent();
    const message = budget.warning(spent);
    if (message !== undefined) this.ports.say(message);
    // Each time: a fit that begins on a spent budget ends too.
    if (budget.stop && budget.isSpent(spent)) this.ports.stopTraining();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
