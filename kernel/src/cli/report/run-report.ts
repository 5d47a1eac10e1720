import { basename, dirname, resolve } from 'node:path';
import type { NotedFacts } from '../../backend/noted-facts';
import type { MachineState } from '../../energy/trials/checks/machine-state';
import { codeIdentity, uncommitted } from '../../report/identity/code';
import { lockHash } from '../../report/identity/lock';
import { RunInputs } from '../../report/inputs/run-inputs';
import { carbonModel } from '../../report/make/carbon';
import { makeReport } from '../../report/make/make-report';
import type { Trial } from '../../report/make/trial';
import type { Report } from '../../report/schema';
import { ownVersion } from '../own-version';
import { findKernel } from '../run/kernel-process';
import type { Terminal } from '../run/progress';
import { checkLanguage } from '../run/run';
import { engineSettings, engineVersions } from './engine';
import { environmentFacts, hardwareFacts, versionFacts } from './facts';
import { machineSettings } from './machine-settings';
import { reportedNotebook } from './reported-notebook';
import { writtenSettings, type RunSettings } from './settings';
import { runTrial } from './trial';

export interface RunReportOptions extends RunSettings {
  readonly trials: number;
  /** The notebook's path from the report's folder, which `verify` finds it by. */
  readonly from: string;
}

/**
 * Runs a notebook `trials` times, each in a fresh kernel, and makes its report. The notebook isn't altered.
 * A cell that fails ends the run: the report then says so, with what was measured until then.
 */
export async function runReport(
  path: string,
  options: RunReportOptions,
  terminal: Terminal = process.stderr,
): Promise<Report> {
  const { carbon, param, timeout, from } = options;
  // What is wrong with the settings is said before anything runs.
  carbonModel(carbon);
  const { notebook, cells } = reportedNotebook(path, param);
  const spec = findKernel();
  checkLanguage(path, notebook, spec);
  const folder = dirname(resolve(path));
  const { code, problem } = await codeIdentity(folder);
  // What may fail does so before trials are spent on it.
  const versions = versionFacts(cells, folder);
  const lock = await lockHash(folder);
  const inputs = new RunInputs(folder, resolve(path));
  const ran: Trial[] = [];
  const engines: NotedFacts[] = [];
  const states: MachineState[] = [];
  for (let i = 1; i <= options.trials && !hasFailed(ran); i++) {
    terminal.write(`Trial ${i} of ${options.trials}\n`);
    const one = await runTrial({ spec, path, notebook, cells, timeoutS: timeout, terminal });
    const problems = await inputs.add(one.inputs, one.trial.startedAt);
    engines.push(...one.engines);
    states.push(...one.states);
    ran.push({ ...one.trial, problems: [...one.trial.problems, ...problems] });
  }
  const used = inputs.list().filter(({ kind }) => kind === 'code');
  const missing =
    code === null
      ? []
      : await uncommitted(folder, [basename(path), ...used.map(({ name }) => name)]);
  return makeReport({
    createdAt: new Date().toISOString(),
    name: basename(path),
    cells,
    code: code && { ...code, dirty: code.dirty || missing.length > 0 },
    codeProblem:
      problem ?? (missing.length > 0 ? `not in the repository: ${missing.join(', ')}` : undefined),
    inputs: inputs.list(),
    versions: {
      halfnote: ownVersion(),
      ...versions,
      ...engineVersions(engines),
    },
    lockHash: lock,
    hardware: await hardwareFacts(),
    settings: {
      notebook: from,
      trials: options.trials,
      ...writtenSettings(options),
      ...engineSettings(engines),
      ...machineSettings(states),
      ...environmentFacts(),
    },
    carbon,
    trials: ran,
  });
}

function hasFailed(ran: readonly Trial[]): boolean {
  return ran.some(({ failure }) => failure !== null);
}
