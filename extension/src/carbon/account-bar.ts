import { accountRows, type EnergyWindow } from 'halfnote/mime';
import { element } from '../dom/element';

const ACCOUNTS = ['user', 'halfnote', 'rest'] as const;

/** The machine's energy by account as one bar; the table of accounts has the figures. */
export function accountBar(total: EnergyWindow): HTMLElement {
  const sizes = ACCOUNTS.map((account) => size(total.accountsJ[account].value));
  const sum = sizes.reduce((all, joules) => all + joules, 0);
  if (!(sum > 0)) return element('div', { hidden: true });
  const words = accountRows(total)
    .map(({ name, share }) => `${name}: ${share}`)
    .slice(0, ACCOUNTS.length)
    .join('; ');
  const bar = element(
    'div',
    { class: 'hn-account-bar', role: 'img', 'aria-label': `Energy by account. ${words}.` },
    ACCOUNTS.map((account) => element('span', { class: `hn-fill-${account}` })),
  );
  ACCOUNTS.forEach((_, index) => {
    const child = bar.children[index];
    const share = (100 * (sizes[index] ?? 0)) / sum;
    if (child instanceof HTMLElement) child.style.width = `${share.toFixed(2)}%`;
  });
  return bar;
}

function size(joules: number): number {
  return Number.isFinite(joules) ? Math.max(0, joules) : 0;
}
