import { z } from 'zod';
import { quantity } from '../report/schema';

/** Joules and seconds of a session of the kernel. */
export const runEnergy = z.object({
  /** Since the session began. */
  durationS: z.number(),
  /** Attributed to the notebook's code. */
  energyJ: quantity,
  /** The whole machine meanwhile, whatever else it did. */
  machineJ: quantity,
  /** What couldn't be read, in words. */
  problems: z.array(z.string()),
});

export type RunEnergy = z.infer<typeof runEnergy>;

/** What a `halfnote_energy_reply` says; null where it says nothing. */
export function readEnergy(reply: Readonly<Record<string, unknown>>): RunEnergy | null {
  return runEnergy.safeParse(reply['energy']).data ?? null;
}
