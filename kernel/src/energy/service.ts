import { z } from 'zod';
import { HalfnoteError, unknownCall } from '../errors';
import type { DisplayOutput } from '../host';
import { carbonBundle } from './view';
import type { CarbonReport, EnergyWindow } from '../payloads/schemas';
import { carbonFactor } from './carbon/factor';
import type { CarbonOptions } from './carbon/factor';
import { EnergyMonitor } from './monitor';
import type { OpenWindow, WindowEnergy } from './monitor';
import { carbonReportPayload, withCarbon } from './report';

const carbonOptions = z.strictObject({
  region: z.string().optional(),
  pue: z.number().optional(),
  gridIntensity: z.number().optional(),
});

/** What may be asked, by method: the parameters of each. */
const requests = {
  'energy.report': carbonOptions,
  'energy.cell': carbonOptions,
  'energy.auto': z.strictObject({ on: z.boolean(), options: carbonOptions }),
  'energy.begin': z.strictObject({ name: z.string() }),
  'energy.end': z.strictObject({ id: z.int(), options: carbonOptions }),
} as const;

type Method = keyof typeof requests;

const METHODS = Object.keys(requests);

/** The kernel's side of energy: a window for each cell, and the answers to the library's calls. */
export interface EnergyService {
  /** `executionCount` names the window, `In [3]`. */
  beginCell(requestId: string, executionCount?: number): void;
  /** Ends the cell's window; its report when the cell or `%carbon on` asked for one. */
  endCell(requestId: string): Promise<DisplayOutput | undefined>;
  /** The methods of `Host.call` that {@link handle} answers. */
  readonly methods: readonly string[];
  handle(requestId: string, method: string, params: unknown): Promise<unknown>;
  close(): void;
}

export interface EnergyServiceOptions {
  /** Made with the first cell, since looking for drivers takes time. */
  readonly monitor?: () => EnergyMonitor;
}

export function createEnergyService(options: EnergyServiceOptions = {}): EnergyService {
  return new Service(options.monitor ?? (() => new EnergyMonitor()));
}

interface Cell {
  readonly window: OpenWindow;
  /** Set when the cell asked to be reported. */
  options?: CarbonOptions;
}

class Service implements EnergyService {
  readonly methods = METHODS;
  private made: EnergyMonitor | undefined;
  private readonly cells = new Map<string, Cell>();
  private readonly spans = new Map<number, OpenWindow>();
  private lastSpan = 0;
  private count = 0;
  private auto = false;
  /** What `setCarbon(true)` said last holds for reports that say nothing else, until `setCarbon(false)`. */
  private defaults: CarbonOptions = {};

  constructor(private readonly make: () => EnergyMonitor) {}

  beginCell(requestId: string, executionCount?: number): void {
    this.count++;
    const name = executionCount === undefined ? `cell ${this.count}` : `In [${executionCount}]`;
    this.cells.set(requestId, { window: this.monitor.beginWindow(name) });
  }

  endCell(requestId: string): Promise<DisplayOutput | undefined> {
    const cell = this.cells.get(requestId);
    if (cell === undefined) return Promise.resolve(undefined);
    this.cells.delete(requestId);
    const total = cell.window.end();
    const options = cell.options ?? (this.auto ? {} : undefined);
    if (options === undefined) return Promise.resolve(undefined);
    return settle(() => {
      const payload = this.report(`Energy and CO2e of ${total.name}`, 'cell', total, [], options);
      return { data: carbonBundle(payload), update: false };
    });
  }

  handle(requestId: string, method: string, params: unknown): Promise<unknown> {
    return settle(() => this.answer(requestId, known(method), params));
  }

  close(): void {
    this.made?.close();
  }

  private answer(requestId: string, method: Method, params: unknown): unknown {
    switch (method) {
      case 'energy.report': {
        const options = parse(method, params);
        const title = 'Energy and CO2e of this session';
        const { monitor } = this;
        return this.report(title, 'session', monitor.session(), monitor.windows(), options);
      }
      case 'energy.cell': {
        const options = parse(method, params);
        carbonFactor(this.merge(options));
        const cell = this.cells.get(requestId);
        if (cell !== undefined) cell.options = options;
        return undefined;
      }
      case 'energy.auto': {
        const { on, options } = parse(method, params);
        const merged = on ? this.merge(options) : {};
        carbonFactor(merged);
        this.auto = on;
        this.defaults = merged;
        return undefined;
      }
      case 'energy.begin': {
        const { name } = parse(method, params);
        const id = ++this.lastSpan;
        this.spans.set(id, this.monitor.beginWindow(name));
        return id;
      }
      case 'energy.end':
        return this.endSpan(parse(method, params));
    }
  }

  private endSpan(params: { readonly id: number; readonly options: CarbonOptions }): EnergyWindow {
    const { id, options } = params;
    const span = this.spans.get(id);
    if (span === undefined) {
      throw new HalfnoteError('unknown-window', `No energy window ${id} is open.`);
    }
    this.spans.delete(id);
    return withCarbon(span.end(), carbonFactor(this.merge(options)));
  }

  private report(
    title: string,
    scope: CarbonReport['scope'],
    total: WindowEnergy,
    windows: readonly WindowEnergy[],
    options: CarbonOptions,
  ): CarbonReport {
    const { monitor } = this;
    return carbonReportPayload({
      title,
      scope,
      total,
      windows,
      options: this.merge(options),
      monitor,
    });
  }

  /** A region replaces a stated intensity, and the other way round. */
  private merge(options: CarbonOptions): CarbonOptions {
    const { region, gridIntensity, pue } = options;
    const grid =
      region === undefined && gridIntensity === undefined
        ? { region: this.defaults.region, gridIntensity: this.defaults.gridIntensity }
        : { region, gridIntensity };
    return { ...grid, pue: pue ?? this.defaults.pue };
  }

  private get monitor(): EnergyMonitor {
    return (this.made ??= this.make());
  }
}

/** The result or the error as a promise. */
function settle<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}

function known(method: string): Method {
  if (Object.hasOwn(requests, method)) return method as Method;
  throw unknownCall(method, METHODS);
}

function parse<M extends Method>(method: M, params: unknown): z.infer<(typeof requests)[M]> {
  const result = requests[method].safeParse(params ?? {});
  if (result.success) return result.data as z.infer<(typeof requests)[M]>;
  throw new HalfnoteError(
    'invalid-call',
    `Bad parameters of ${method}: ${z.prettifyError(result.error)}`,
  );
}
