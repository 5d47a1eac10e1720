import { type Check, invalid, type Sight, warning } from './check';

/** Above this, waiting for the disk is a part of what was measured. */
const MOST_PER_S = 100;

/** Whether memory went to the disk and back. */
export const swap: Check = {
  concern: 'swap',
  begin: (sight) => {
    const before = pages(sight);
    if (before === undefined) return undefined;
    const startS = sight.monotonicS();
    return () => {
      const moved = (pages(sight) ?? before) - before;
      if (moved <= 0) return [];
      const perS = moved / Math.max(1e-3, sight.monotonicS() - startS);
      const detail = `${moved} pages of memory were swapped, ${perS.toFixed(1)} a second`;
      return [
        perS > MOST_PER_S
          ? invalid('swap', `${detail}; at most ${MOST_PER_S} are allowed. Free some memory.`)
          : warning('swap', `${detail}.`),
      ];
    };
  },
};

function pages(sight: Sight): number | undefined {
  const text = sight.read('/proc/vmstat');
  const counts = text === undefined ? [] : [...text.matchAll(/^pswp(?:in|out) (\d+)$/gm)];
  return counts.length === 0
    ? undefined
    : counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
