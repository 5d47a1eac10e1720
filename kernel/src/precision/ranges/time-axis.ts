import { MOST_SLOTS, type RangeTime } from '../../payloads/ranges/schema';
import { NO_COUNTS } from './counts';
import { merged, type Slot } from './slots';

/** Counts that go over the wire, all slots and layers together: some 100 kB. */
const MOST_COUNTS = 24_000;
/** With fewer slots there is no time to see. */
const LEAST_SLOTS = 4;

/** The recorded steps in their order, the longer a training the more of them together. */
export class TimeAxis {
  private slots: readonly Slot[] = [];

  add(
    step: Omit<Slot, 'firstStep' | 'lastStep' | 'recordedSteps'> & { readonly step: number },
  ): void {
    const { step: at, ...rest } = step;
    const slot = { firstStep: at, lastStep: at, recordedSteps: 1, ...rest };
    this.slots = merged([...this.slots, slot], MOST_SLOTS);
  }

  /**
   * As it goes over the wire, in as many slots as the room for it allows; undefined of a single step, and
   * of more layers than there is room for.
   * @param keys Of the layers, in their order.
   * @param unfinished What comes after the steps.
   */
  toPayload(keys: readonly string[], unfinished: readonly Slot[]): RangeTime | undefined {
    const slots = merged([...this.slots, ...unfinished], MOST_SLOTS);
    if (slots.length < 2) return undefined;
    const size = slots.reduce((sum, slot) => sum + sizeOf(slot), 0) / slots.length;
    const room = Math.floor(MOST_COUNTS / Math.max(1, size));
    if (room < Math.min(LEAST_SLOTS, slots.length)) return undefined;
    const shown = merged(slots, room);
    return {
      slots: shown.map(({ firstStep, lastStep, recordedSteps, scale }) => ({
        ...{ firstStep, lastStep, recordedSteps, scale },
      })),
      layers: keys.map((key) => {
        const counts = shown.map(({ layers }) => layers.get(key)?.counts ?? NO_COUNTS);
        const [inf, nan] = [counts.map((each) => each.inf), counts.map((each) => each.nan)];
        return {
          zero: counts.map(({ zero }) => zero),
          ...(inf.some(Boolean) && { inf }),
          ...(nan.some(Boolean) && { nan }),
          firstExponent: counts.map(({ firstExponent }) => firstExponent),
          bins: counts.map(({ bins }) => [...bins]),
        };
      }),
    };
  }

  /** Whether there is more than one step to tell apart. */
  get hasSteps(): boolean {
    return this.slots.length > 1;
  }
}

function sizeOf({ layers }: Slot): number {
  let size = 0;
  for (const { counts } of layers.values()) size += counts.bins.length + 2;
  return size;
}
