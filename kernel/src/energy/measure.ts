import { HalfnoteError } from '../errors';
import { JUPYTER_DISPLAY, host } from '../host';
import type { Displayable, MimeBundle } from '../host';
import { carbonBundle } from './view';
import type { CarbonReport } from '../payloads/carbon-report';
import type { Method, Quantity } from '../quantities/quantity';
import { carbonFactor } from './carbon/factor';
import type { CarbonOptions } from './carbon/factor';
import { given } from './carbon/given';
import { ask, measuresScriptCell } from './ask';
import { waitForDevice } from './device-wait';
import type { EndedWindow } from './service/service';
import type { WindowEnergy } from './window';

export type { CarbonOptions } from './carbon/factor';

/** The energy and CO2e of a session, shown as a table and bars. */
export class CarbonView implements Displayable {
  constructor(readonly payload: CarbonReport) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    return carbonBundle(this.payload);
  }

  toString(): string {
    return String(this[JUPYTER_DISPLAY]()['text/plain']);
  }
}

/** Does what asks for a figure, so that it is no part of the figure. */
function own<T>(work: () => T): T {
  const notebook = host();
  return notebook?.own === undefined ? work() : notebook.own(work);
}

/**
 * Reports energy and CO2e after each cell from now on, or no longer. The options hold for all later
 * reports that say nothing else, until `setCarbon(false)`: it takes none, and restores the world's
 * average and a PUE of 1.
 * @throws HalfnoteError at once for an unknown region, a wrong figure, or options with `false`.
 */
export function setCarbon(on: boolean, options: CarbonOptions = {}): Promise<void> {
  return own(() => ask('energy.auto', reports(on, options)).then(() => undefined));
}

/** The parameters of `energy.auto`. */
function reports(on: boolean, options: CarbonOptions): object {
  carbonFactor(options);
  const stated = given(options);
  const names = Object.keys(stated);
  if (!on && names.length > 0) {
    throw new HalfnoteError(
      'carbon-off',
      `setCarbon(false) takes no ${names.join(' or ')}: it restores the world average.`,
      'Give options to setCarbon(true), carbonReport or carbonCell.',
    );
  }
  return { on, options: stated };
}

/**
 * Energy and CO2e of the session so far: in a script, since the first call of an energy function.
 * @throws HalfnoteError for an unknown region or a wrong figure.
 */
export async function carbonReport(options: CarbonOptions = {}): Promise<CarbonView> {
  const report = await own(() => {
    carbonFactor(options);
    return ask('energy.report', given(options));
  });
  return new CarbonView(report as CarbonReport);
}

/**
 * Reports energy and CO2e below the running cell when it ends, also if it fails. In a script, of its
 * `scriptCell`; `no-notebook` without one.
 */
export async function carbonCell(options: CarbonOptions = {}): Promise<void> {
  if (host() === undefined && !measuresScriptCell()) {
    throw new HalfnoteError(
      'no-notebook',
      'carbonCell reports on a notebook cell, and none is running.',
      'In a script, use measureEnergy(name, work).',
    );
  }
  await own(() => {
    carbonFactor(options);
    return ask('energy.cell', given(options));
  });
}

export interface MeasureOptions extends CarbonOptions {
  /** Waits at both ends until another device has done its work. For TensorFlow's GPU that is done anyway. */
  readonly synchronize?: () => void | Promise<void>;
}

export interface MeasuredEnergy<T> {
  readonly value: T;
  readonly durationS: number;
  /** Attributed to this work: see {@link WindowEnergy.energyJ}, which this is the value of. */
  readonly energyJ: number;
  /** Within which the true joules lie. */
  readonly interval: Pick<Quantity, 'low' | 'high' | 'coverage'>;
  readonly co2eG: number;
  /** That of the least direct part of `energyJ`. */
  readonly method: Method;
  /** False: something could not be read, see `window.problems`; the truth may lie above the interval. */
  readonly complete: boolean;
  /** All that is known of it: devices, accounts, the whole machine. */
  readonly window: WindowEnergy;
}

/**
 * Runs `work` in a named energy window. Windows may nest and overlap; the window ends also when
 * `work` throws, and is listed in the session's report.
 */
export async function measureEnergy<T>(
  name: string,
  work: () => T | Promise<T>,
  options: MeasureOptions = {},
): Promise<MeasuredEnergy<T>> {
  const carbon = given(options);
  carbonFactor(carbon);
  await options.synchronize?.();
  waitForDevice();
  const id = await ask('energy.begin', { name });
  const end = async (): Promise<EndedWindow> => {
    await options.synchronize?.();
    waitForDevice();
    return (await ask('energy.end', { id, options: carbon })) as EndedWindow;
  };
  let value: T;
  try {
    value = await work();
  } catch (error) {
    await end().catch(() => undefined);
    throw error;
  }
  const { window, co2eG } = await end();
  const { value: energyJ, low, high, coverage, method, complete } = window.energyJ;
  const { durationS } = window;
  const interval = { low, high, coverage };
  return { value, durationS, energyJ, interval, co2eG, method, complete, window };
}

/**
 * Runs what only waits, so that the machine shows what it draws idle: the estimate for devices that don't
 * tell it goes by that.
 */
export async function whileIdle<T>(wait: () => Promise<T>): Promise<T> {
  waitForDevice();
  await ask('energy.idle', { on: true });
  try {
    return await wait();
  } finally {
    await ask('energy.idle', { on: false }).catch(() => undefined);
  }
}

/**
 * All energy windows of the session, as data: its own first, then in the order of their begin.
 * `parent` makes them a tree; their `exclusiveJ` add up to the session's accounts.
 */
export async function energyWindows(): Promise<readonly WindowEnergy[]> {
  return (await ask('energy.windows', {})) as readonly WindowEnergy[];
}

/** Begins the session's energy anew. Windows that are open begin anew with it; ended ones are forgotten. */
export async function resetEnergy(): Promise<void> {
  await ask('energy.reset', {});
}
