import { HUE } from '../display/hues';
import { type Drawing, fixed, label, NARROW } from '../display/svg';
import { percent } from '../display/units';
import { ACCOUNT_NAMES } from '../payloads/energy-figures';
import type { EnergyWindow } from '../payloads/carbon-report';
import { printQuantity } from '../quantities/print';

const ACCOUNTS = ['user', 'halfnote', 'rest'] as const;
const HUES = { user: HUE.normal, halfnote: HUE.subnormal, rest: HUE.neutral } as const;
const SHORT = { user: "User's code", halfnote: 'Halfnote', rest: 'Rest of the machine' } as const;
const WIDTH = 560;

/** One stacked bar of the machine's energy by account; what is modelled is hatched. */
export function accountBar(
  { accountsJ, machineJ }: EnergyWindow,
  width = WIDTH,
): Drawing | undefined {
  const sum = ACCOUNTS.reduce((joules, account) => joules + size(accountsJ[account].value), 0);
  if (!(sum > 0) || !Number.isFinite(sum)) return undefined;
  const isNarrow = width < NARROW;
  let x = 0;
  const segments = ACCOUNTS.map((account) => {
    const { value, method } = accountsJ[account];
    const length = (size(value) / sum) * width;
    const from = x;
    x += length;
    const box = `x="${fixed(from)}" y="0" width="${fixed(length)}" height="22"`;
    const hatch =
      method === 'modelled' || method === 'literature'
        ? `<path d="${hatching(from, length)}" stroke="currentColor" opacity="0.35"/>`
        : '';
    return `<rect ${box} fill="${HUES[account]}"/>${hatch}`;
  });
  const keys = ACCOUNTS.map((account, index) => {
    const [at, y] = isNarrow ? [0, 32 + index * 16] : [index * 187, 32];
    const share = percent(size(accountsJ[account].value) / sum);
    return (
      `<rect x="${at}" y="${y}" width="10" height="10" fill="${HUES[account]}"/>` +
      label(at + 15, y + 9, `${SHORT[account]}, ${share}`)
    );
  });
  return {
    title: 'Energy of the machine by account',
    description: [
      ...ACCOUNTS.map(
        (account) => `${ACCOUNT_NAMES[account]}: ${printQuantity(accountsJ[account], 'J')}`,
      ),
      `whole machine: ${printQuantity(machineJ, 'J')}`,
    ].join('; '),
    width,
    height: isNarrow ? 80 : 48,
    body: segments.join('') + keys.join(''),
  };
}

function size(joules: number): number {
  return Number.isFinite(joules) ? Math.max(0, joules) : 0;
}

/** Diagonal strokes over a segment: no pattern element, whose id would clash between outputs. */
function hatching(from: number, width: number): string {
  const strokes: string[] = [];
  for (let x = from + 4; x + 8 < from + width; x += 10) strokes.push(`M${fixed(x)} 22l8 -22`);
  return strokes.join('');
}
