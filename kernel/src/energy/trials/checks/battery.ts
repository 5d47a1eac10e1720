import { type Check, invalid, type Sight, warning } from './check';

const SUPPLIES = '/sys/class/power_supply';

/** Whether the machine runs on its battery, where firmware holds power back; or changed over meanwhile. */
export const battery: Check = {
  concern: 'battery',
  begin: (sight) => {
    const before = onBattery(sight);
    if (before === undefined) return undefined;
    return () => {
      if (onBattery(sight) !== before) {
        return [invalid('battery', 'the mains supply was plugged in or out in the meantime.')];
      }
      return before
        ? [
            warning(
              'battery',
              'the machine runs on its battery, which may hold speed and power back.',
            ),
          ]
        : [];
    };
  },
};

/** Undefined where there is no battery; those of mice and keyboards don't count. */
function onBattery(sight: Sight): boolean | undefined {
  const { batteries, mains } = suppliesOf(sight);
  if (batteries.length === 0) return undefined;
  if (mains.some(({ online }) => online === '1')) return false;
  return mains.length > 0 || batteries.some(({ status }) => status === 'Discharging');
}

/** Undefined where nothing tells: most servers list no supply. */
export function powerSource(sight: Sight): 'mains' | 'battery' | undefined {
  const isOnBattery = onBattery(sight);
  if (isOnBattery !== undefined) return isOnBattery ? 'battery' : 'mains';
  return suppliesOf(sight).mains.some(({ online }) => online === '1') ? 'mains' : undefined;
}

interface Supply {
  readonly online: string | undefined;
  readonly status: string | undefined;
}

function suppliesOf(sight: Sight): {
  readonly batteries: readonly Supply[];
  readonly mains: readonly Supply[];
} {
  const supplies = sight.list(SUPPLIES).map((name) => ({
    type: sight.read(`${SUPPLIES}/${name}/type`),
    scope: sight.read(`${SUPPLIES}/${name}/scope`),
    online: sight.read(`${SUPPLIES}/${name}/online`),
    status: sight.read(`${SUPPLIES}/${name}/status`),
  }));
  return {
    batteries: supplies.filter(({ type, scope }) => type === 'Battery' && scope !== 'Device'),
    mains: supplies.filter(({ type }) => type === 'Mains' || type === 'USB'),
  };
}
