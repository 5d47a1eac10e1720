import type { DisplayOutput } from '../../host';
import { co2eGrams } from '../carbon/factor';
import type { CarbonOptions } from '../carbon/factor';
import { given } from '../carbon/given';
import type { CellWork } from '../accounts/cell-usage';
import { EnergyMonitor } from '../monitor/monitor';
import type { OpenWindow } from '../monitor/monitor';
import { BudgetWatch } from '../budget/watch';
import type { Spent } from '../budget/budget';
import type { EndedWindow, EnergyService, EnergyServiceOptions } from './contract';
import { Journaling } from './journaling';
import { Notices } from './notices';
import type { ServicePorts } from './notices';
import { known, METHODS, parse } from './requests';
import type { Method } from './requests';
import { Reports } from './reports';
import { CellWindows } from './session-energy';
import type { SessionEnergy } from './session-energy';
import { Spans } from './spans';

export type { EndedWindow, EnergyService, EnergyServiceOptions } from './contract';

const SILENT: ServicePorts = { say: () => true, stopTraining: () => undefined };

export function createEnergyService(options: EnergyServiceOptions = {}): EnergyService {
  return new Service(options);
}

interface Cell {
  readonly window: OpenWindow;
  readonly executionCount: number | undefined;
  /** Set when the cell asked to be reported. */
  options?: CarbonOptions;
}

class Service implements EnergyService {
  readonly methods = METHODS;
  private made: EnergyMonitor | undefined;
  private readonly cells = new Map<string, Cell>();
  private readonly spans = new Spans();
  private readonly cellWindows = new CellWindows();
  private count = 0;
  private reports = new Reports(() => this.monitor);
  private readonly make: Required<EnergyServiceOptions>['monitor'];
  private readonly notices: Notices;
  private readonly journaling: Journaling;
  private readonly budget: BudgetWatch;

  private readonly onWork: EnergyServiceOptions['onWork'];

  constructor(options: EnergyServiceOptions) {
    const { ports = SILENT } = options;
    this.onWork = options.onWork;
    this.make = options.monitor ?? ((onEnded) => new EnergyMonitor({ onEnded }));
    const running = (): string | undefined => [...this.cells.keys()].at(-1);
    this.notices = new Notices(ports, running);
    const say = (message: string): void => {
      this.notices.say(message);
    };
    this.journaling = new Journaling(options.journal?.(say) ?? {});
    this.budget = new BudgetWatch({
      spent: () => this.spent(),
      say,
      stopTraining: () => {
        ports.stopTraining(running() ?? '');
      },
    });
  }

  beginCell(requestId: string, executionCount?: number): void {
    this.count++;
    const name = executionCount === undefined ? `cell ${this.count}` : `In [${executionCount}]`;
    const window = this.monitor.beginWindow(name, 'cell');
    this.cells.set(requestId, { window, executionCount });
    this.cellWindows.add(window.id, requestId);
    this.journaling.own(window.id, { requestId, executionCount });
    this.notices.flush();
  }

  endCell(
    requestId: string,
    status: 'ended' | 'failed' | 'interrupted' = 'ended',
  ): Promise<DisplayOutput | undefined> {
    const cell = this.cells.get(requestId);
    if (cell === undefined) return Promise.resolve(undefined);
    this.cells.delete(requestId);
    this.made?.declareIdle(false);
    if (status !== 'ended') this.spans.interrupt(requestId);
    const total = cell.window.end(status === 'failed' ? 'ended' : status);
    return settle(() => this.reports.below(total, cell.options));
  }

  work(event: CellWork): void {
    this.onWork?.(event);
    // With the process is gone whoever would end the windows that its cells have opened.
    if (event.kind !== 'lost') return;
    this.spans.interrupt();
    this.made?.declareIdle(false);
  }

  session(): SessionEnergy {
    return this.cellWindows.session(this.monitor, this.reports.factor({}));
  }

  handle(requestId: string, method: string, params: unknown): Promise<unknown> {
    return settle(() => this.answer(requestId, known(method), params));
  }

  renew(): void {
    this.spans.interrupt();
    this.cells.clear();
    this.count = 0;
    this.reports = new Reports(() => this.monitor);
    this.budget.set(undefined, false);
    this.made?.declareIdle(false);
    this.made?.reset();
  }

  close(): void {
    this.spans.interrupt();
    this.budget.close();
    this.made?.close();
    this.journaling.close();
  }

  private answer(requestId: string, method: Method, params: unknown): unknown {
    const { monitor } = this;
    switch (method) {
      case 'energy.report':
        return this.reports.ofSession(parse(method, params));
      case 'energy.cell': {
        const options = parse(method, params);
        this.reports.factor(options);
        const cell = this.cells.get(requestId);
        if (cell !== undefined) cell.options = options;
        return undefined;
      }
      case 'energy.running': {
        parse(method, params);
        const { energyJ } = this.cells.get(requestId)?.window.read() ?? {};
        return energyJ === undefined ? undefined : { energyJ };
      }
      case 'energy.auto': {
        const { on, options } = parse(method, params);
        this.reports.setAuto(on, options);
        return undefined;
      }
      case 'energy.defaults':
        return given(this.reports.merged(parse(method, params)));
      case 'energy.begin': {
        const { name } = parse(method, params);
        const window = monitor.beginWindow(name);
        const executionCount = this.cells.get(requestId)?.executionCount;
        this.journaling.own(window.id, { requestId, executionCount });
        return this.spans.begin(requestId, window);
      }
      case 'energy.end': {
        const { id, options } = parse(method, params);
        const factor = this.reports.factor(options);
        const window = this.spans.end(id);
        return { window, co2eG: co2eGrams(window.energyJ.value, factor) } satisfies EndedWindow;
      }
      case 'energy.idle':
        monitor.declareIdle(parse(method, params).on);
        return undefined;
      case 'energy.windows':
        parse(method, params);
        return monitor.windows();
      case 'energy.reset':
        parse(method, params);
        monitor.reset();
        this.budget.restart();
        return undefined;
      case 'energy.budget': {
        const { amount, stop } = parse(method, params);
        return this.budget.set(amount ?? undefined, stop);
      }
      case 'energy.journal':
        parse(method, params);
        return this.journaling.state;
    }
  }

  private spent(): Spent {
    const { energyJ, problems } = this.monitor.session();
    const spentJ = Math.max(0, energyJ.value);
    return {
      energyJ: spentJ,
      co2eG: co2eGrams(spentJ, this.reports.factor({})),
      complete: energyJ.complete && problems.length === 0,
    };
  }

  private get monitor(): EnergyMonitor {
    return (this.made ??= this.make((window) => {
      this.journaling.ended(window);
    }));
  }
}

/** The result or the error as a promise. */
function settle<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
