import { type Check, invalid, type Sight } from './check';

const MOST = 0.01;
/** Columns of `/proc/stat`: user nice system idle iowait irq softirq steal; guest is in user already. */
const STEAL = 7;
const COLUMNS = 8;

/** Time that the host of a virtual machine gave to others. */
export const steal: Check = {
  concern: 'steal',
  begin: (sight) => {
    const before = ticks(sight);
    if (before === undefined) return undefined;
    return () => {
      const after = ticks(sight);
      if (after === undefined) return [];
      const spent = after.map((value, i) => Math.max(0, value - (before[i] ?? 0)));
      const total = spent.reduce((sum, value) => sum + value, 0);
      const share = total === 0 ? 0 : (spent[STEAL] ?? 0) / total;
      return share <= MOST
        ? []
        : [
            invalid(
              'steal',
              `the host gave ${(share * 100).toFixed(1)} % of this machine's time to others; at most ${MOST * 100} % is allowed.`,
            ),
          ];
    };
  },
};

function ticks(sight: Sight): number[] | undefined {
  const line = sight.read('/proc/stat')?.split('\n', 1)[0];
  const values = line
    ?.trim()
    .split(/\s+/)
    .slice(1, 1 + COLUMNS)
    .map(Number);
  return values?.length === COLUMNS && values.every(Number.isFinite) ? values : undefined;
}
