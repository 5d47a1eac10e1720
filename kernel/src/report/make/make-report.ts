import { notebookHash, cellIdentities, type ReportedCell } from '../identity/cells';
import { seedsOf } from '../identity/seeds';
import { seal } from '../identity/seal';
import { report as schema, REPORT_SCHEMA, type Report } from '../schema';
import { boundaryOf } from './boundary';
import { carbonModel } from './carbon';
import { writtenCarbon, type CarbonSettings } from './carbon-settings';
import { checklistOf } from './checklist';
import { energyOf } from './energy';
import { outcomeOf } from './outcome';
import { resultsOf, verdictsOf, viewsOf } from './outputs';
import { runsOf } from './runs';
import { samplesOf } from './samples';
import { countedTrials, type Trial } from './trial';
import { verdictOf } from './verdict';

/** All that a report is made of. Facts about files, git and the machine come from outside. */
export interface ReportFacts {
  readonly createdAt: string;
  /** The file's name, without its folder. */
  readonly name: string;
  readonly cells: readonly ReportedCell[];
  readonly code: Report['identity']['code'];
  /** Why the code isn't that of a commit, where more is known than that it isn't. */
  readonly codeProblem?: string | undefined;
  readonly inputs: Report['identity']['inputs'];
  readonly versions: Report['identity']['versions'];
  readonly lockHash: string | null;
  readonly hardware: Report['hardware'];
  readonly settings: Report['settings'];
  readonly carbon: CarbonSettings;
  /** At least one. */
  readonly trials: readonly Trial[];
}

/** Makes the report of a run, sealed with its hashes. Pure. */
export function makeReport(facts: ReportFacts): Report {
  const { trials, hardware, settings } = facts;
  const model = carbonModel(facts.carbon);
  const energy = energyOf(trials, model.grams);
  const runs = runsOf(trials);
  const samples = samplesOf(
    trials,
    energy.devices.map(({ source }) => source),
  );
  const content: Omit<Report, 'identity' | 'checklist'> = {
    schema: REPORT_SCHEMA,
    ...outcomeOf(runs),
    verdict: verdictOf({ runs, samples, energy, hardware }),
    boundary: boundaryOf(energy.devices, facts.carbon),
    hardware,
    settings: { ...settings, ...writtenCarbon(facts.carbon) },
    trials: countedTrials(runs).length,
    energy,
    carbon: model.of(energy.accountsJ.user, energy.durationS),
    results: resultsOf(runs),
    ...verdictsOf(trials),
    ...viewsOf(trials),
    runs,
    samples,
  };
  const identity = identityOf(facts);
  const sealed = seal({
    ...content,
    identity,
    checklist: checklistOf({ ...content, identity }),
  });
  schema.parse(sealed);
  return sealed;
}

function identityOf({ cells, trials, ...facts }: ReportFacts) {
  const [first] = countedTrials(trials);
  const orders = new Map(first?.cells.map(({ index, order }) => [index, order]));
  return {
    createdAt: facts.createdAt,
    notebook: { name: facts.name, hash: notebookHash(cells) },
    code: facts.code,
    codeProblem: facts.codeProblem ?? null,
    cells: cellIdentities(cells, orders),
    seeds: first === undefined ? [] : seedsOf(first.seeds, first.cells),
    inputs: [...facts.inputs],
    versions: facts.versions,
    lockHash: facts.lockHash,
  };
}
