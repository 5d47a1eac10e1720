import type { RuntimeEvents } from '../../runtime/contract';
import { VARIABLES_ASKED } from '../../runtime/messages';
import { parseShutdown } from '../protocol/control';
import { parseHistory } from '../protocol/history';
import type { HistoryReply } from '../protocol/history';
import type { KernelInfoReply } from '../protocol/kernel-info';
import type { JsonObject, Outbox, Request } from '../protocol/message';
import type { Pacing } from '../pacing/paced-outbox';
import { statusMessage } from '../protocol/output';
import { Calls } from './calls';
import { CellRecords } from './cell-records';
import { Comms } from './comms';
import { Debugging } from './debugging';
import { EarlyInterrupts } from './early-interrupts';
import { EnergyNews } from './energy-news';
import { toCellError } from './errors';
import { Executor } from './executor';
import type { Executed } from './executor';
import { History } from './history';
import { Inputs } from './inputs';
import { Introspection } from './introspection';
import { Journal } from './journal';
import { Outputs } from './outputs';
import { OwnComms } from './own-comms';
import { Payloads } from './payloads';
import { PolicyStatus } from './policy-status';
import { noMacros } from './ports';
import type { CellEnergy, Macros, RuntimeFactory } from './ports';
import { ExecuteQueue, socketsRead } from './queue';
import type { Finished } from './queue';
import type { RunningRequest } from './running-request';
import { RuntimeSlot } from './runtime-slot';
import { VariablesNews } from './variables-news';

export interface SessionOptions {
  readonly outbox: Outbox;
  /** Where the outbox may hold messages back: a cell is answered when its outputs have gone. */
  readonly pacing?: Pacing | undefined;
  /** For `connect_reply`: `shell_port` and the others. */
  readonly ports?: JsonObject | undefined;
  readonly runtime: RuntimeFactory;
  readonly info: KernelInfoReply;
  /** Called once the shutdown is answered and the cell process has ended. */
  readonly onShutdown: () => void;
  readonly macros?: Macros | undefined;
  readonly energy?: CellEnergy | undefined;
  readonly history?: History;
}

/** A reply's content; undefined where the protocol has no reply. */
type Handler = (request: Request) => Promise<object | undefined> | object | undefined;

/**
 * What the kernel does with each request, between busy and idle. Execute requests wait for each
 * other; all others are answered at once, also while a cell runs.
 */
export class Session {
  private readonly runtime: RuntimeSlot;
  private readonly outputs: Outputs;
  private readonly executor: Executor;
  private readonly queue: ExecuteQueue;
  private readonly early = new EarlyInterrupts();
  private readonly inputs: Inputs;
  private readonly own: OwnComms;
  private readonly journal = new Journal();
  private readonly records = new CellRecords();
  private readonly variables = new VariablesNews((params) => {
    void this.runtime.made?.notify('', VARIABLES_ASKED, params);
  });
  private readonly policy = new PolicyStatus((report) => {
    this.records.hear(report);
  });
  private readonly debugging: Debugging;
  private readonly outbox: Outbox;
  private readonly handlers: ReadonlyMap<string, Handler>;

  constructor(private readonly options: SessionOptions) {
    const { energy, macros = noMacros, history = new History() } = options;
    const outbox = (this.outbox = this.journal.noting(options.outbox));
    const payloads = new Payloads();
    this.outputs = new Outputs(outbox, payloads, (line, text) => {
      history.setOutput(line, text);
    });
    const calls = new Calls(energy);
    calls.add(payloads.calls);
    const inputs = (this.inputs = new Inputs(outbox, this.journal));
    calls.add(inputs.calls);
    const { policy, records, variables } = this;
    calls.add(policy.calls);
    calls.add(variables.calls);
    const energyNews = new EnergyNews({
      session: () => energy?.session?.(),
      recordOf: (requestId) => records.of(requestId),
    });
    this.own = new OwnComms(outbox, [policy, this.journal, energyNews, variables]);
    const comms = this.makeComms();
    calls.add(comms.calls);
    const events: RuntimeEvents = {
      output: (requestId, output) => {
        this.outputs.emit(requestId, output);
      },
      call: (requestId, method, params) => calls.answer(requestId, method, params),
      work: (event) => {
        energy?.work?.(event);
      },
      lost: () => {
        comms.lost();
        policy.reset();
        variables.lost();
      },
    };
    this.runtime = new RuntimeSlot(options.runtime, events);
    const { runtime, outputs } = this;
    this.executor = new Executor({ runtime, outputs, history, payloads, inputs, macros, energy });
    this.debugging = new Debugging(outbox, runtime, macros);
    this.queue = new ExecuteQueue(
      (running) => this.execute(running),
      (request) => {
        this.abort(request);
      },
    );
    this.handlers = this.table(new Introspection(macros, this.runtime), comms, history);
  }

  /** Takes a request. Answers come through the outbox; nothing is thrown. */
  handle(request: Request): void {
    const type = request.header.msg_type;
    if (request.channel === 'stdin') {
      // An answer: it makes nobody busy.
      if (type === 'input_reply') this.inputs.handleReply(request);
    } else if (type === 'execute_request') {
      this.journal.begin(request);
      this.queue.add(request, this.early.areMeantFor(request));
    } else void this.serve(request);
  }

  /**
   * Stops what runs: a cell, also one that waits for the runtime to be made; or else what earlier cells
   * left behind. `request` is the front end's, if it was one that asked.
   */
  async interrupt(request?: Request): Promise<void> {
    const { running } = this.queue;
    if (running) running.interrupt();
    else await this.early.add(request, socketsRead);
    await this.runtime.made?.interrupt();
    // Whoever stops a flood of outputs doesn't want to see the rest.
    this.options.pacing?.shed();
  }

  /** Ends the cell process, then calls `onShutdown`. */
  async shutdown(): Promise<void> {
    this.own.closeAll();
    try {
      await this.runtime.close();
    } finally {
      this.options.onShutdown();
    }
  }

  private makeComms(): Comms {
    const { outputs } = this;
    return new Comms({
      outbox: this.outbox,
      notify: async (request, method, params) => {
        outputs.remember({ header: request.header, executionCount: 0, silent: false });
        await (await this.runtime.get()).notify(request.header.msg_id, method, params);
      },
      headerOf: (requestId) => outputs.headerOf(requestId),
      own: this.own,
    });
  }

  private table(
    introspection: Introspection,
    comms: Comms,
    history: History,
  ): ReadonlyMap<string, Handler> {
    return new Map<string, Handler>([
      ['kernel_info_request', () => this.kernelInfo()],
      ['complete_request', ({ content }) => introspection.complete(content)],
      ['inspect_request', ({ content }) => introspection.inspect(content)],
      ['is_complete_request', ({ content }) => introspection.isComplete(content)],
      ['history_request', ({ content }) => historyReply(history, content)],
      ['connect_request', () => ({ status: 'ok', ...this.options.ports })],
      ['comm_info_request', ({ content }) => comms.info(content)],
      ['comm_open', withoutReply((request) => comms.handleOpen(request))],
      ['comm_msg', withoutReply((request) => comms.handleMessage(request))],
      ['comm_close', withoutReply((request) => comms.handleClose(request))],
      ['debug_request', (request) => this.debugging.handle(request)],
      ['interrupt_request', (request) => this.interrupt(request).then(() => ({ status: 'ok' }))],
      ['shutdown_request', ({ content }) => this.beginShutdown(content)],
      // Our own, for `halfnote run` and sweeps.
      ['halfnote_energy_request', () => ({ status: 'ok', ...sessionFigures(this.options.energy) })],
      ['halfnote_renew_request', () => this.renew()],
    ]);
  }

  private kernelInfo(): KernelInfoReply {
    // A front end is there: the runtime will be wanted soon, but only after this reply.
    setImmediate(() => {
      this.runtime.warmUp();
    });
    return this.options.info;
  }

  /** As a restart would leave it, but for the language, which stays warm. Not while a cell runs. */
  private async renew(): Promise<object> {
    if (this.queue.running) throw new Error('a cell runs: interrupt it, or wait for its end');
    await (await this.runtime.get()).renew();
    this.executor.restartCount();
    this.options.energy?.renew?.();
    return { status: 'ok' };
  }

  private beginShutdown(content: JsonObject): object {
    const { restart } = parseShutdown(content);
    const reply = { status: 'ok', restart };
    setImmediate(() => {
      // Other front ends learn of it here.
      this.outbox.publish({ type: 'shutdown_reply', content: reply, parent: undefined });
      void this.shutdown();
    });
    return reply;
  }

  /** Unknown types are ignored, as the specification asks, but for busy and idle. */
  private async serve(request: Request): Promise<void> {
    this.publishStatus(request, 'busy');
    let content: object | undefined;
    try {
      content = await this.handlers.get(request.header.msg_type)?.(request);
    } catch (error) {
      content = { status: 'error', ...toCellError(error) };
    }
    this.answer(request, content);
    // Front ends show the last status they saw: a completion must not make a running cell look done.
    // JupyterLab passes over the status of these, and asks for variables after what looks like a cell's.
    if (request.header.msg_type === 'debug_request') return;
    const { running } = this.queue;
    if (running) this.publishStatus(running.request, 'busy');
  }

  private async execute(running: RunningRequest): Promise<Finished> {
    const { request } = running;
    this.publishStatus(request, 'busy');
    const started = new Date().toISOString();
    let executed: Executed;
    this.records.begin(request, this.policy.now);
    this.variables.began();
    try {
      executed = await this.executor.execute(running);
    } catch (error) {
      const count = this.executor.executionCount;
      const reply = { status: 'error', execution_count: count, ...toCellError(error) } as const;
      executed = { reply: { ...reply, user_expressions: {}, payload: [] }, stop: false };
    }
    this.records.end(request);
    this.variables.ended();
    await this.options.pacing?.drained();
    const { reply, stop } = executed;
    const answer = (): void => {
      this.answer(request, reply, { started, status: reply.status });
    };
    return { stop, answer };
  }

  private abort(request: Request): void {
    this.publishStatus(request, 'busy');
    this.answer(request, { status: 'aborted', execution_count: this.executor.executionCount });
  }

  /** The reply, then idle: a front end that saw idle has seen everything. */
  private answer(request: Request, content: object | undefined, metadata: JsonObject = {}): void {
    const type = request.header.msg_type;
    if (content !== undefined && type.endsWith('_request')) {
      const replyType = type.replace(/_request$/, '_reply');
      this.outbox.reply(request, { type: replyType, content: { ...content }, metadata });
    }
    this.publishStatus(request, 'idle');
  }

  private publishStatus(request: Request, state: 'busy' | 'idle'): void {
    this.outbox.publish({ ...statusMessage(state), parent: request.header });
  }
}

/** What the session has used so far; null where nothing is measured. */
function sessionFigures(energy: CellEnergy | undefined): object {
  const total = energy?.session?.()?.total;
  if (total === undefined) return { energy: null };
  const { durationS, energyJ, machineJ, problems } = total;
  return { energy: { durationS, energyJ, machineJ, problems } };
}

function historyReply(history: History, content: JsonObject): HistoryReply {
  return { status: 'ok', history: history.query(parseHistory(content)) };
}

function withoutReply(handle: (request: Request) => Promise<void>): Handler {
  return async (request) => {
    await handle(request);
    return undefined;
  };
}
