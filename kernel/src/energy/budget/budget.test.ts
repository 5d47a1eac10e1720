import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { amountText, budgetAmount, budgetComplaint } from './amount';
import { Budget } from './budget';
import { BudgetWatch } from './watch';

describe('an amount', () => {
  it.each([
    ['5 kJ', { energyJ: 5000 }],
    ['5kj', { energyJ: 5000 }],
    ['750 J', { energyJ: 750 }],
    ['0.5MJ', { energyJ: 5e5 }],
    ['2 Wh', { energyJ: 7200 }],
    ['1.5 kWh', { energyJ: 5.4e6 }],
    ['20 g', { co2eG: 20 }],
    ['1 kg', { co2eG: 1000 }],
    ['2 GJ', { energyJ: 2e9 }],
    ['0.1 MWh', { energyJ: 3.6e8 }],
    ['1 t', { co2eG: 1e6 }],
    ['1_000 J', { energyJ: 1000 }],
    ['.5e3 J', { energyJ: 500 }],
  ] as const)('may be %s', (text, amount) => {
    expect(budgetAmount(text)).toEqual(amount);
    expect(budgetComplaint(text)).toBeUndefined();
  });

  it.each(['5', 'kJ', '5 mJ', '-5 kJ', '0 J', '5 calories', '1e999 J', '5 kJ now', '', 'NaN J'])(
    'is not "%s"',
    (text) => {
      expect(() => budgetAmount(text)).toThrow(/J, kJ, MJ, GJ, Wh, kWh, MWh, or g, kg, t of CO2e/);
      expect(budgetComplaint(text)).toContain('such as 5 kJ');
    },
  );

  it('may be an object of one figure above 0, and nothing else', () => {
    expect(budgetAmount({ co2eG: 3 })).toEqual({ co2eG: 3 });
    for (const wrong of [
      { energyJ: -1 },
      { energyJ: 1, co2eG: 1 },
      {},
      { energyJ: NaN },
      5,
      null,
    ]) {
      expect(() => budgetAmount(wrong as never)).toThrow(/is no energy budget/);
    }
  });

  it('is shown in its unit', () => {
    expect(amountText({ energyJ: 5000 })).toBe('5.00 kJ');
    expect(amountText({ co2eG: 0.02 })).toBe('20.0 mg CO2e');
  });
});

const spent = (energyJ: number, co2eG = 0, complete = true) => ({ energyJ, co2eG, complete });

describe('a budget', () => {
  it('warns at 80 % and when it is spent, each once', () => {
    const budget = new Budget({ energyJ: 1000 }, false);
    expect([100, 799, 800, 900, 1000, 2000].map((joules) => budget.warning(spent(joules)))).toEqual(
      [
        undefined,
        undefined,
        'The energy budget nears its end: 800 J of 1.00 kJ (80.0%).',
        undefined,
        'The energy budget is spent: 1.00 kJ of 1.00 kJ (100%).',
        undefined,
      ],
    );
  });

  it('warns once where both limits are passed at a time', () => {
    const budget = new Budget({ co2eG: 1 }, false);
    expect(budget.warning(spent(0, 3))).toContain('is spent: 3.00 g CO2e of 1.00 g CO2e (300.0%)');
    expect(budget.warning(spent(0, 4))).toBeUndefined();
  });

  it('says that more was spent than could be read', () => {
    const budget = new Budget({ energyJ: 10 }, false);
    expect(budget.warning(spent(9, 0, false))).toContain('and more that could not be read');
  });
});

describe('the watch', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function watched() {
    const state = { joules: 0, said: [] as string[], stops: 0 };
    const watch = new BudgetWatch({
      spent: () => spent(state.joules),
      say: (message) => void state.said.push(message),
      stopTraining: () => {
        state.stops += 1;
      },
    });
    return { state, watch };
  }

  it('warns while a cell runs, and ends training only where that was asked for', () => {
    const { state, watch } = watched();
    watch.set({ energyJ: 100 }, false);
    state.joules = 85;
    vi.advanceTimersByTime(1000);
    state.joules = 120;
    vi.advanceTimersByTime(3000);
    expect(state.said).toEqual([
      expect.stringContaining('nears its end'),
      expect.stringContaining('is spent'),
    ]);
    expect(state.stops).toBe(0);
    watch.set({ energyJ: 100 }, true);
    vi.advanceTimersByTime(2000);
    expect(state.stops).toBe(2);
    watch.close();
    vi.advanceTimersByTime(5000);
    expect(state.stops).toBe(2);
  });

  it('is lifted, and begins anew with the session', () => {
    const { state, watch } = watched();
    expect(watch.set({ energyJ: 100 }, true)).toBe(
      'Energy budget of the session: 0 J of 100 J (0%); a running fit ends when it is spent.',
    );
    state.joules = 85;
    vi.advanceTimersByTime(1000);
    watch.restart();
    vi.advanceTimersByTime(1000);
    expect(state.said).toHaveLength(2);
    watch.set(undefined, false);
    state.joules = 1000;
    vi.advanceTimersByTime(2000);
    expect(state).toMatchObject({ said: { length: 2 }, stops: 0 });
  });
});
