import { cellName } from '../cell-name';
import type { Report } from '../schema';

/** When the first trial began, ISO 8601; the report's own time where it has no samples. */
export function startOf({ samples, identity }: Report): string {
  const starts = samples.map(({ startedAt }) => startedAt);
  return starts.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? identity.createdAt;
}

/** When the last trial ended, ISO 8601. */
export function endOf({ samples, identity }: Report): string {
  const ends = samples.map(({ startedAt, durationS }) => Date.parse(startedAt) + durationS * 1000);
  return ends.length === 0 ? identity.createdAt : new Date(Math.max(...ends)).toISOString();
}

/** What the user's code took of each device of one component, in joules. */
export function userJoules({ energy }: Report, component: 'cpu' | 'dram' | 'gpu'): number[] {
  return energy.devices
    .filter((device) => device.component === component)
    .map(({ accountsJ }) => accountsJ.user.value);
}

/** Each name with how often it is there, in order of appearance. */
export function counted(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts];
}

/** `train.ipynb` to `train`. */
export function baseName(notebook: string): string {
  return notebook.replace(/^.*[\\/]/, '').replace(/\.ipynb$/, '');
}

export function halfnoteVersion({ identity }: Report): string {
  return identity.versions['halfnote'] ?? 'of unknown version';
}

/** What a reader of any export must know, in sentences; empty when nothing is the matter. */
export function caveats(report: Report): string[] {
  const { failure, verdict, energy } = report;
  const { complete } = energy.accountsJ.user;
  return [
    ...(report.status === 'failed' ? [`The run failed${where(failure)}: figures end there.`] : []),
    ...(verdict.valid ? [] : [`INVALID because ${verdict.reasons.join('; ')}.`]),
    ...(complete ? [] : ['The energy is incomplete: the truth may lie above the interval.']),
  ];
}

function where(failure: Report['failure']): string {
  return failure === null ? '' : ` in ${cellName(failure.cell)} with ${failure.name}`;
}
