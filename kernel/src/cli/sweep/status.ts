import { counted } from '../../display/words';
import { SweepFolder, type ListedPoint, type PointState } from '../../sweep/folder';
import { axisText, pointText } from '../../sweep/plan';
import { reasonOf } from '../../sweep/run-result';
import { factsOf } from './read-point';

const STATES: readonly PointState[] = ['finished', 'failed', 'running', 'waiting'];

/** Says where a sweep stands: how many points, which fail and why, and who runs some now. */
export function sweepStatus(
  folder: string,
  { json }: { readonly json?: boolean },
  print: (text: string) => void,
): void {
  const sweep = SweepFolder.open(folder);
  const listed = sweep.list();
  print(json === true ? JSON.stringify(asData(sweep, listed), null, 2) : asText(sweep, listed));
}

function asData(sweep: SweepFolder, listed: readonly ListedPoint[]): object {
  const { notebook, parameters, versions } = sweep.plan;
  return {
    notebook,
    parameters,
    versions,
    points: listed.map(({ point, state, claimant }) => ({
      ...point,
      state,
      ...(state === 'failed' && { error: factsOf(sweep, point)?.error ?? null }),
      ...(claimant && { host: claimant.host, pid: claimant.pid, since: claimant.at }),
    })),
  };
}

function asText(sweep: SweepFolder, listed: readonly ListedPoint[]): string {
  const { notebook, parameters } = sweep.plan;
  const counts = STATES.map(
    (state) => [state, listed.filter((one) => one.state === state).length] as const,
  ).filter(([, count]) => count > 0);
  return [
    `${notebook}: ${parameters.map(axisText).join(' ')}`,
    `${counted(listed.length, 'point')}: ${counts.map(([state, count]) => `${count} ${state}`).join(', ')}`,
    ...listed.flatMap(({ point, state, claimant }) => {
      if (state === 'failed')
        return [
          `failed   ${pointText(point)}: ${reasonOf(factsOf(sweep, point)?.error ?? 'its notebook can’t be read')}`,
        ];
      if (claimant === undefined) return [];
      return [
        `running  ${pointText(point)}: ${claimant.host}, process ${claimant.pid}, since ${claimant.at}`,
      ];
    }),
  ].join('\n');
}
