import { notebookHash, cellIdentities, type ReportedCell } from '../identity/cells';
import { seedsOf } from '../identity/seeds';
import { seal } from '../identity/seal';
import { report as schema, REPORT_SCHEMA, type Report } from '../schema';
import { boundaryOf } from './boundary';
import { carbonModel, type CarbonSettings } from './carbon';
import { checklistOf } from './checklist';
import { energyOf } from './energy';
import { resultsOf, viewsOf } from './outputs';
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
  const failure = trials.find((trial) => trial.failure !== null)?.failure ?? null;
  const content: Omit<Report, 'identity' | 'checklist'> = {
    schema: REPORT_SCHEMA,
    status: failure === null ? 'complete' : 'failed',
    failure,
    verdict: verdictOf(trials, energy, hardware.cpu.threads),
    boundary: boundaryOf(energy.devices, {
      pue: model.factor.pue,
      waterLPerKWh: facts.carbon.wue ?? null,
      isEmbodiedStated: facts.carbon.embodied !== undefined,
    }),
    hardware,
    settings,
    trials: countedTrials(trials).length,
    energy,
    carbon: model.of(energy.accountsJ.user, energy.durationS),
    results: resultsOf(trials),
    ...viewsOf(trials),
    samples: samplesOf(
      trials,
      energy.devices.map(({ source }) => source),
    ),
  };
  const identity = identityOf(facts);
  const checklist = checklistOf(content, {
    warnings: [...new Set(trials.flatMap(({ warnings }) => warnings))],
    identity,
    codeProblem: facts.codeProblem,
    statesIntensity: !model.factor.assumed,
    statesPue: facts.carbon.pue !== undefined,
  });
  const sealed = seal({ ...content, identity, checklist });
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
    cells: cellIdentities(cells, orders),
    seeds: first === undefined ? [] : seedsOf(first.seeds, first.cells),
    inputs: [...facts.inputs],
    versions: facts.versions,
    lockHash: facts.lockHash,
  };
}
