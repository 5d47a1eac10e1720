import process from 'node:process';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Evaluation, ToCell } from '../messages';
import { CellHost } from './cell-host';
import { cellError } from './cell-error';
import { listen, send } from './channel';
import { CpuLedger } from './cpu-ledger';
import { installDebugHook } from './debug-hook';
import { Executor, type Finished } from './executor';
import { installGlobals } from './globals';
import { createInterruptState, Interrupts, SLOT, type GuardMessage } from './interrupts';
import { CellModules } from './modules';
import { OwnPromise } from './intrinsics';
import { keepListeners } from './own-listeners';
import { hideOwnWarnings } from './own-warnings';
import { createRequestContext } from './request-context';
import { Scope } from './scope';
import { mimeBundle } from './show';
import { installStackMapping, StackMapper } from './stack';
import { captureStreams } from './streams';
import { tellVariables } from './tell-variables';
import { UserTimers } from './timers';
import { UserSource } from '../user-source';
import { silenceOnnxRuntime } from '../../onnxruntime';

/** Entry of the cell process: user code runs here and nowhere else. */
silenceOnnxRuntime();
const cwd = process.cwd();
const ledger = new CpuLedger((usage) => {
  send({ kind: 'used', usage });
});
const context = createRequestContext();
const timers = new UserTimers(context);
const state = createInterruptState();
const interrupts = new Interrupts(state, () => {
  timers.cancelAll();
});
const scope = new Scope();
const host = new CellHost(context, interrupts, scope, ledger, uncaught);
const mapper = new StackMapper();
const modules = new CellModules(cwd, mapper, ledger);
const executor = new Executor(cwd, scope, modules, mapper, interrupts, ledger, () => {
  host.interrupted();
});

type Run = Extract<ToCell, { kind: 'run' }>;
type Evaluate = Extract<ToCell, { kind: 'evaluate' }>;

/** What runs now. */
let running: Run | Evaluate | undefined;
/** The last run that was interrupted: it is not to begin any more if it comes late. */
let settled = 0;

async function runCell(message: Run): Promise<void> {
  running = message;
  const { run, requestId, executionCount, cell, code, source } = message;
  const show = async (value: unknown): Promise<void> => {
    const data = await mimeBundle(value);
    send({ kind: 'output', requestId, output: { kind: 'result', data, metadata: {} } });
  };
  const name = `cell[${executionCount}]`;
  end(message, await executor.run(run, name, cell, new UserSource(code, source), show));
}

async function evaluate(message: Evaluate): Promise<void> {
  running = message;
  const { run, cell } = message;
  const show = async (value: unknown): Promise<Evaluation> => ({ data: await mimeBundle(value) });
  const evaluation = await executor.expression(run, cell, show);
  if (running !== message) return;
  running = undefined;
  send({ kind: 'evaluated', run, evaluation, usage: ledger.report('background') });
  ledger.switchTo('background');
}

function end(message: Run, { outcome, kept }: Finished): void {
  if (running !== message) return;
  running = undefined;
  host.cellEnded();
  const usage = ledger.report('background');
  send({ kind: 'done', requestId: message.requestId, outcome, kept, usage });
  ledger.switchTo('background');
}

/** A forced stop may have hit what was about to end the run: then it is ended here. */
function settle(): void {
  if (running && interrupts.isOverdue) {
    const message = running;
    const finished = executor.giveUp();
    if (message.kind === 'run') end(message, finished);
    else if (finished.outcome.status === 'error') {
      running = undefined;
      const evaluation = finished.outcome.error;
      send({ kind: 'evaluated', run: message.run, evaluation, usage: ledger.report('background') });
    }
  }
  settled = Atomics.load(state, SLOT.target);
  // What was called between cells tells nobody that it was stopped.
  if (!running) host.interrupted();
  if (!running) ledger.switchTo('background');
  send({ kind: 'settled', run: running?.run, usage: ledger.report() });
}

function notify({ id, requestId, method, params }: Extract<ToCell, { kind: 'notify' }>): void {
  const heard = (): void => {
    send({ kind: 'notified', id });
  };
  const result = context.visit(requestId, () => {
    try {
      return host.notify(requestId, method, params);
    } catch (error) {
      uncaught(error);
      return undefined;
    }
  });
  if (!(result instanceof OwnPromise)) {
    heard();
    return;
  }
  const failed = (error: unknown): void => {
    context.visit(requestId, () => {
      uncaught(error);
    });
  };
  void result.catch(failed).then(heard);
}

function uncaught(error: unknown): void {
  const text = `Uncaught ${cellError(error, mapper).traceback.join('\n')}\n`;
  const output = { kind: 'stream', name: 'stderr', text } as const;
  send({ kind: 'output', requestId: context.current(), output });
}

const guard = new Worker(join(__dirname, 'guard.js'), { workerData: state });
guard.on('message', (message: GuardMessage) => {
  if (message === 'interrupt') interrupts.heard();
  else if (message === 'ready') {
    // Until the first run there is nobody else to work for.
    send({ kind: 'ready', usage: ledger.report() });
  }
  // What ends a run after an interrupt has its turn first.
  else timers.native.setImmediate(settle);
});
guard.unref();

captureStreams(context);
hideOwnWarnings();
installStackMapping(mapper);
installDebugHook(mapper, scope);
host.install();
tellVariables(host);
installGlobals();
timers.install();

process.on('SIGINT', () => {
  interrupts.heard();
});
const exiting = (): void => {
  send({ kind: 'exiting' });
};
keepListeners({ uncaughtException: uncaught, unhandledRejection: uncaught, exit: exiting });
void executor.warmUp();
listen(heard, () => process.reallyExit(0));

function heard(message: ToCell): void {
  if (message.kind === 'answer') host.answer(message.id, message);
  else if (message.kind === 'notify') notify(message);
  else if (message.run <= settled) return;
  else {
    ledger.switchTo('halfnote');
    if (message.kind === 'evaluate') void evaluate(message);
    else context.run(message.requestId, () => void runCell(message));
  }
}
