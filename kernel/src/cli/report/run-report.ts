import { basename, dirname, resolve } from 'node:path';
import { codeIdentity } from '../../report/identity/code';
import { inputsOf } from '../../report/identity/inputs';
import { lockHash } from '../../report/identity/lock';
import { carbonModel } from '../../report/make/carbon';
import { makeReport } from '../../report/make/make-report';
import type { Report } from '../../report/schema';
import { ownVersion } from '../own-version';
import { findKernel } from '../run/kernel-process';
import type { Terminal } from '../run/progress';
import { checkLanguage } from '../run/run';
import { environmentFacts, hardwareFacts, versionFacts } from './facts';
import { reportedNotebook } from './reported-notebook';
import { writtenSettings, type RunSettings } from './settings';
import { runTrial, type RanTrial } from './trial';

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
  const code = await codeIdentity(folder);
  const ran: RanTrial[] = [];
  for (let i = 1; i <= options.trials && !hasFailed(ran); i++) {
    terminal.write(`Trial ${i} of ${options.trials}\n`);
    ran.push(await runTrial({ spec, path, notebook, timeoutS: timeout, terminal }));
  }
  const inputs = [...new Set(ran.flatMap((trial) => trial.inputs))];
  return makeReport({
    createdAt: new Date().toISOString(),
    name: basename(path),
    cells,
    code,
    inputs: await inputsOf(
      inputs.filter((input) => input !== resolve(path)),
      folder,
    ),
    versions: { halfnote: ownVersion(), ...versionFacts(cells, folder) },
    lockHash: await lockHash(folder),
    hardware: await hardwareFacts(),
    settings: {
      notebook: from,
      trials: options.trials,
      ...writtenSettings(options),
      ...environmentFacts(),
    },
    carbon,
    trials: ran.map(({ trial }) => trial),
  });
}

function hasFailed(ran: readonly RanTrial[]): boolean {
  return ran.some(({ trial }) => trial.failure !== null);
}
