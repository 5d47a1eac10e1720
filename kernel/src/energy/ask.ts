import { host } from '../host';
import { isScriptCellOpen, onEachScriptCell, onScriptCellEnd } from '../script-cell';
import type { Quantity } from '../quantities/quantity';
import type { CarbonOptions } from './carbon/factor';
import { given } from './carbon/given';
import { stopTraining } from './budget/stop-training';
import { waitForDevice } from './device-wait';
import { askedJournal } from './service/asked-journal';
import { createEnergyService } from './service/service';
import type { EnergyService } from './service/service';

/** A script has no cells: what is to be said is said at once. */
const SCRIPT = {
  say: (_requestId: string | undefined, message: string): boolean => {
    console.log(message);
    return true;
  },
  stopTraining,
};

let local: EnergyService | undefined;

/** In a notebook the kernel process measures; in a plain script this process does, from its first call on. */
export function ask(method: string, params: unknown): Promise<unknown> {
  const notebook = host();
  if (notebook !== undefined) return notebook.call(method, params);
  return service().handle('', method, params);
}

function service(): EnergyService {
  local ??= localService();
  return local;
}

function localService(): EnergyService {
  const made = createEnergyService({ ports: SCRIPT, journal: askedJournal });
  process.once('exit', () => {
    made.close();
  });
  onEachScriptCell(() => {
    made.beginCell('');
    onScriptCellEnd(async () => {
      waitForDevice();
      const output = await made.endCell('');
      if (output !== undefined) console.log(output.data['text/plain']);
    });
  });
  return made;
}

/** Whether a script's cell is open, which is measured from now on. */
export function measuresScriptCell(): boolean {
  if (isScriptCellOpen()) service();
  return isScriptCellOpen();
}

/**
 * Options with the grid and the PUE that `setCarbon(true)` was given last, where they say nothing else. In a
 * script that has asked for nothing yet there are none.
 */
export async function withCarbonDefaults<T extends CarbonOptions>(options: T): Promise<T> {
  if (host() === undefined && local === undefined) return options;
  const merged = (await ask('energy.defaults', given(options))) as CarbonOptions;
  return { ...options, ...merged };
}

/** What a span of time took. */
export interface SpanEnergy {
  readonly durationS: number;
  readonly energyJ: Quantity;
  readonly machineJ: Quantity;
}

/** Begins a named window within the one that is open. */
export async function beginSpan(name: string): Promise<number> {
  waitForDevice();
  return (await ask('energy.begin', { name })) as number;
}

export async function endSpan(id: number): Promise<SpanEnergy> {
  waitForDevice();
  const { window } = (await ask('energy.end', { id, options: {} })) as {
    readonly window: SpanEnergy;
  };
  return window;
}
