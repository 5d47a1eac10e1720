import { createRequire } from 'node:module';
import { join } from 'node:path';
import { jupyterDataFolder } from '../doctor/places';
import { STOP_TRAINING } from '../energy/budget/stop-training';
import { isJournalAsked } from '../energy/service/journaling';
import type { ServicePorts } from '../energy/service/notices';
import type { EnergyService } from '../energy/service/service';
import type { HelperUsage } from '../energy/accounts/helper-time';
import type { CellWork } from '../energy/accounts/cell-usage';
import type { CellEnergy } from '../jupyter/session/ports';
import { startLanguage } from '../runtime/language/client';
import { makeSnapshotLater } from '../runtime/language/snapshot/blob';
import { lateMacros, loadMacros } from './late-macros';

/** From when on the first magic needs not wait: not before a first cell that came at once has its result. */
const LOAD_MACROS_AFTER_MS = 1000;

/** Serves one notebook; the process ends with it. */
export async function serveKernel(connectionFile: string): Promise<void> {
  await runKernel(connectionFile);
  // Whatever still holds the event loop, a front end waits for our end.
  process.exit(0);
}

/** Puts the kernel's parts together and serves until it is shut down. */
async function runKernel(connectionFile: string): Promise<void> {
  const cwd = process.cwd();
  // Takes longest of all and has a thread of its own, so it begins before the sockets are there.
  const language = startLanguage(cwd);
  const { startKernel } = await import('../jupyter/kernel.js');
  const energy = new LateEnergy();
  await startKernel(connectionFile, {
    version: versionOf('../../package.json'),
    typescriptVersion: versionOf('typescript/package.json'),
    // Loaded after the first reply: together they take longer than everything before it.
    runtime: async (events) => {
      const { createRuntime } = await import('../runtime/runtime.js');
      const runtime = createRuntime({ cwd, language }, events);
      const ports: ServicePorts = {
        say: (requestId, message) => {
          if (requestId === undefined) return false;
          events.output(requestId, { kind: 'stream', name: 'stdout', text: `${message}\n` });
          return true;
        },
        stopTraining: (requestId) => {
          void runtime.then((cells) => cells.notify(requestId, STOP_TRAINING, {}));
        },
      };
      await energy.load(ports, () => language.process);
      setTimeout(loadMacros, LOAD_MACROS_AFTER_MS).unref();
      return runtime;
    },
    macros: lateMacros,
    energy,
    historyFile: historyFile(),
  });
  // Now nobody measures, or waits for, what else runs here.
  if (language.lacksSnapshot) makeSnapshotLater();
}

/**
 * Where the cells of all sessions are kept: in Jupyter's data folder, or where `HALFNOTE_HISTORY` says;
 * nowhere when that is `off`.
 */
export function historyFile(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const named = env['HALFNOTE_HISTORY'];
  if (named === 'off') return undefined;
  return named || join(jupyterDataFolder(env), 'halfnote', 'history.jsonl');
}

/** The energy service from when it is loaded; no cell begins before that. */
class LateEnergy implements CellEnergy {
  private service: EnergyService | undefined;
  private readonly early: CellWork[] = [];

  /** `helper`: the process that does Halfnote's work beside this one. */
  async load(ports: ServicePorts, helper: () => HelperUsage | undefined): Promise<void> {
    const { notebookEnergy } = await import('../energy/service/notebook-energy.js');
    // Checks what it reads back, and what does that takes as long to load as all else.
    const journal = isJournalAsked()
      ? (await import('../energy/service/asked-journal.js')).askedJournal
      : undefined;
    if (this.service !== undefined) return;
    const service = notebookEnergy(ports, { journal, helper });
    this.service = service;
    // Ends the session's windows, and its journal in order: that tells it from an end by force.
    process.once('exit', () => {
      service.close();
    });
    for (const event of this.early.splice(0)) service.work(event);
  }

  work(event: CellWork): void {
    if (this.service === undefined) this.early.push(event);
    else this.service.work(event);
  }

  get methods(): readonly string[] {
    return this.service?.methods ?? [];
  }

  beginCell(requestId: string, executionCount: number): void {
    this.service?.beginCell(requestId, executionCount);
  }

  async endCell(...cell: Parameters<CellEnergy['endCell']>): ReturnType<CellEnergy['endCell']> {
    return this.service?.endCell(...cell);
  }

  session(): ReturnType<EnergyService['session']> | undefined {
    return this.service?.session();
  }

  renew(): void {
    this.service?.renew();
  }

  async handle(requestId: string, method: string, params: unknown): Promise<unknown> {
    return this.service?.handle(requestId, method, params);
  }
}

/** Reads a version without loading the package. */
function versionOf(packageJson: string): string {
  const load = createRequire(__filename) as (path: string) => { readonly version: string };
  return load(packageJson).version;
}
