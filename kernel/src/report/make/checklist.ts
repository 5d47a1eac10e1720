import { printQuantity } from '../../quantities/print';
import type { Report } from '../schema';
import { readCarbon } from './carbon-settings';

type Item = Report['checklist'][number];

/** Below three trials an interval says next to nothing. */
const ENOUGH_TRIALS = 3;

/** What a publication needs to say, and whether this report can. */
export function checklistOf(report: Listed): Item[] {
  return [...measured(report), machine(report), ...reproducible(report), ...converted(report)];
}

/** All that it hangs on stands in the report: `verify` makes it again. */
type Listed = Omit<Report, 'checklist' | 'identity'> & {
  readonly identity: Omit<Report['identity'], 'hash' | 'sections'>;
};

function measured({ status, verdict, trials, energy }: Listed): Item[] {
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

function machine({ runs }: Listed): Item {
  const warnings = [...new Set(runs.flatMap((run) => run.warnings))];
  return item(
    'Nothing about the machine needs saying',
    warnings.length === 0,
    'nothing else was seen, as far as it tells',
    warnings.join(' '),
  );
}

function reproducible({ results, identity }: Listed): Item[] {
  const { code, codeProblem, seeds, lockHash } = identity;
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

function converted({ carbon, boundary, settings }: Listed): Item[] {
  const { region, gridIntensity, pue } = readCarbon(settings);
  return [
    item(
      'The grid is stated',
      region !== undefined || gridIntensity !== undefined,
      `${carbon.intensity.region}; its source stands with its intensity`,
      `the average of ${carbon.intensity.region} is taken: --region or --grid-intensity`,
    ),
    item(
      'The building is stated',
      pue !== undefined,
      `PUE ${boundary.pue}`,
      'PUE 1, the computer alone, is taken: --pue',
    ),
    item(
      'Making the machine is stated',
      carbon.embodiedG !== null,
      'a line of its own, and in the SCI',
      withoutSci(carbon),
    ),
  ];
}

/** ISO/IEC 21031 has no SCI without M, so what there is goes by another name. */
function withoutSci({ operationalPerUnit: { gramsPerUnit, unit } }: Report['carbon']): string {
  return (
    `no SCI, ((E x I) + M) per R: M is missing. Give what making the machine emitted, of its maker's product carbon footprint, by --embodied <kgCO2e>, and how long it serves by --lifetime <years>. ` +
    `Without it there is the operational part, E x I per ${unit}: ${printQuantity(gramsPerUnit, 'g')}`
  );
}

function item(name: string, ok: boolean, yes: string, no: string): Item {
  return { item: name, ok, detail: ok ? yes : no };
}
