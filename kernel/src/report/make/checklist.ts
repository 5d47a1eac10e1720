import type { Report } from '../schema';

type Item = Report['checklist'][number];

/** Below three trials an interval says next to nothing. */
const ENOUGH_TRIALS = 3;

/** What a publication needs to say, and whether this report can. */
export function checklistOf(report: Omit<Report, 'checklist' | 'identity'>, facts: Facts): Item[] {
  return [
    ...measured(report),
    machine(facts),
    ...reproducible(report, facts),
    ...converted(report, facts),
  ];
}

export interface Facts {
  /** What a reader should know of the machine meanwhile. */
  readonly warnings: readonly string[];
  readonly identity: Omit<Report['identity'], 'hash' | 'sections'>;
  /** Whether the user stated region or intensity, and the PUE. */
  readonly statesIntensity: boolean;
  readonly statesPue: boolean;
  /** Why the code isn't that of a commit, where more is known than that it isn't. */
  readonly codeProblem?: string | undefined;
}

function measured({
  status,
  verdict,
  trials,
  energy,
}: Omit<Report, 'checklist' | 'identity'>): Item[] {
  const modelled = energy.devices.filter(({ method }) => method === 'modelled');
  const noIdle = energy.devices.filter(({ idleJ }) => idleJ === null);
  return [
    item('The run is complete', status === 'complete', 'all cells ran', 'a cell failed'),
    item('The measurement is valid', verdict.valid, 'no objection', verdict.reasons.join('; ')),
    item(
      'There are trials enough for an interval',
      trials >= ENOUGH_TRIALS,
      `${trials} trials, each in a fresh kernel`,
      `${trials} of at least ${ENOUGH_TRIALS}: --trials ${ENOUGH_TRIALS}`,
    ),
    item(
      'Energy was read from counters',
      energy.devices.length > 0 && modelled.length === 0,
      'all devices',
      `modelled: ${modelled.map(({ source }) => source).join('; ') || 'no device'}`,
    ),
    item(
      'The idle share of each device is known',
      energy.devices.length > 0 && noIdle.length === 0,
      'all devices',
      `unknown: ${noIdle.map(({ source }) => source).join('; ') || 'no device'}`,
    ),
  ];
}

function machine({ warnings }: Facts): Item {
  return item(
    'Nothing about the machine needs saying',
    warnings.length === 0,
    'nothing else was seen, as far as it tells',
    warnings.join(' '),
  );
}

function reproducible(
  { results }: Omit<Report, 'checklist' | 'identity'>,
  { identity, codeProblem }: Facts,
): Item[] {
  const { code, seeds, lockHash } = identity;
  return [
    item(
      'The code is committed',
      code?.dirty === false,
      `commit ${code?.commit ?? ''}`,
      codeProblem ??
        (code === null
          ? 'the notebook lies in no git repository with a commit'
          : `changed since commit ${code.commit}`),
    ),
    item(
      'Random numbers are seeded',
      seeds.length > 0,
      seeds.map(({ name, value }) => `${name}: ${value}`).join(', '),
      'no seed was in force at the end: %seed 42 in the first cell sets one',
    ),
    item(
      'Packages are locked',
      lockHash !== null,
      'by the lock file whose hash is given',
      'no lock file beside the notebook or above it',
    ),
    item(
      'Accuracy comes from the same run',
      results.length > 0,
      `${results.length} recorded`,
      "none: recordResult('accuracy', value) in a cell records one",
    ),
  ];
}

function converted(
  { carbon, boundary }: Omit<Report, 'checklist' | 'identity'>,
  { statesIntensity, statesPue }: Facts,
): Item[] {
  return [
    item(
      'The grid is stated',
      statesIntensity,
      `${carbon.intensity.region}, ${carbon.intensity.source}`,
      `the average of ${carbon.intensity.region} is taken: --region or --grid-intensity`,
    ),
    item(
      'The building is stated',
      statesPue,
      `PUE ${boundary.pue}`,
      'PUE 1, the computer alone, is taken: --pue',
    ),
    item(
      'Making the machine is stated',
      carbon.embodiedG !== null,
      'a line of its own, and in the SCI',
      'left out, and so is the SCI: --embodied with --lifetime',
    ),
  ];
}

function item(name: string, ok: boolean, yes: string, no: string): Item {
  return { item: name, ok, detail: ok ? yes : no };
}
