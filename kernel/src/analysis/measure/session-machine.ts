import { availableParallelism } from 'node:os';
import { watchMachine } from '../../energy/trials/checks/watch';
import type { RoundProgress, TrialMachine } from '../../energy/trials/machine';
import { measureEnergy, whileIdle } from '../../energy/measure';
import { host } from '../../host';

/** This machine, with the session's own meters. */
export function sessionMachine(onRound: (progress: RoundProgress) => void): TrialMachine {
  return {
    threads: availableParallelism(),
    nowS: () => performance.now() / 1000,
    restS: async (seconds) => {
      await new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
      host()?.throwIfInterrupted();
    },
    whileIdle,
    window: async (name, work) => {
      const { window, co2eG } = await measureEnergy(name, work);
      return { window, co2eG: Number.isFinite(co2eG) ? co2eG : null };
    },
    watch: () => watchMachine(),
    onRound,
  };
}
