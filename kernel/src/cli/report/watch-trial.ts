import type { Finding, Sight } from '../../energy/trials/checks/check';
import { watchClock } from '../../energy/trials/checks/clock-step';
import { machineState, type MachineState } from '../../energy/trials/checks/machine-state';
import { sightOf } from '../../energy/trials/checks/sight';
import { watchMachine } from '../../energy/trials/checks/watch';
import type { Trial } from '../../report/make/trial';

/** What the machine did while a trial ran, and how it was set before and after. */
export interface WatchedTrial extends Pick<Trial, 'problems' | 'warnings' | 'clockStepS'> {
  readonly states: readonly MachineState[];
}

/** Begins to look at the machine; call what comes back when the trial is over. */
export function watchTrial(sight: Sight = sightOf()): () => WatchedTrial {
  const before = machineState(sight);
  const machine = watchMachine(sight);
  const clock = watchClock(sight);
  return () => {
    const clockStepS = clock();
    const { findings } = machine();
    return {
      // Reasons stand in a list, warnings are sentences.
      problems: saidOf(findings, 'invalid').map((reason) => reason.replace(/\.$/, '')),
      warnings: saidOf(findings, 'warning'),
      clockStepS,
      states: [before, machineState(sight)],
    };
  };
}

function saidOf(findings: readonly Finding[], severity: Finding['severity']): string[] {
  return findings.flatMap((finding) =>
    finding.severity === severity ? [`${finding.concern}: ${finding.detail}`] : [],
  );
}
