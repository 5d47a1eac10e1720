import { TextView } from '../../display/text-view';
import { ask } from '../ask';
import { budgetAmount, type BudgetAmount } from './amount';

export interface EnergyBudgetOptions {
  /** Ends a running `fit` when the budget is spent. Its weights are kept. Default: it is only said. */
  readonly stop?: boolean;
}

/**
 * Limits the energy of the user's code since the session began (or its CO2e, by the grid of
 * `setCarbon(true)`). It is said in the running cell when 80 % is spent, and when all is.
 * @param amount `'5 kJ'`, `'2.5 Wh'`, `'20 g'`, `{ energyJ: 5000 }`; `'off'` lifts the budget.
 * @returns what is spent of it, in words.
 * @throws HalfnoteError `invalid-energy-budget` for another unit, or no number above 0.
 */
export async function setEnergyBudget(
  amount: string | BudgetAmount,
  options: EnergyBudgetOptions = {},
): Promise<TextView> {
  const limit = amount === 'off' ? null : budgetAmount(amount);
  const status = await ask('energy.budget', { amount: limit, stop: options.stop === true });
  return TextView.of(String(status));
}
