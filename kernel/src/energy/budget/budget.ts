import { percent, si } from '../../display/units';
import { amountText, type BudgetAmount } from './amount';

/** What has been spent of the session. */
export interface Spent {
  readonly energyJ: number;
  readonly co2eG: number;
  /** False: something couldn't be read, and more has been spent than this. */
  readonly complete: boolean;
}

/** A limit of the session's energy or CO2e, and what has been said of it. */
export class Budget {
  #told = 0;

  constructor(
    readonly amount: BudgetAmount,
    /** A running `fit` is to end when all is spent. */
    readonly stop: boolean,
  ) {}

  /** How much of it is spent: 1 is all. */
  share(spent: Spent): number {
    return this.amount.energyJ === undefined
      ? spent.co2eG / this.amount.co2eG
      : spent.energyJ / this.amount.energyJ;
  }

  isSpent(spent: Spent): boolean {
    return this.share(spent) >= 1;
  }

  /** The warning that is due now, each once: at 80 % and when all is spent. */
  warning(spent: Spent): string | undefined {
    const share = this.share(spent);
    const reached = LIMITS.filter((limit) => share >= limit).length;
    if (reached <= this.#told) return undefined;
    this.#told = reached;
    const state = reached < LIMITS.length ? 'nears its end' : 'is spent';
    return `The energy budget ${state}: ${this.status(spent)}.`;
  }

  /** `4.10 kJ of 5.00 kJ (82.0%)`. */
  status(spent: Spent): string {
    const { energyJ } = this.amount;
    const figure = energyJ === undefined ? `${si(spent.co2eG, 'g')} CO2e` : si(spent.energyJ, 'J');
    const share = percent(this.share(spent));
    return `${figure} of ${amountText(this.amount)} (${share})${spent.complete ? '' : ', and more that could not be read'}`;
  }
}

const LIMITS = [0.8, 1] as const;
