import process from 'node:process';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ToCell } from '../messages';
import { CellHost } from './cell-host';
import { cellError } from './cell-error';
import { listen, send } from './channel';
import { Executor } from './executor';
import { installGlobals } from './globals';
import { createInterruptState, Interrupts, type GuardMessage } from './interrupts';
import { CellModules } from './modules';
import { keepListeners } from './own-listeners';
import { hideOwnWarnings } from './own-warnings';
import { createRequestContext } from './request-context';
import { Scope } from './scope';
import { mimeBundle } from './show';
import { installStackMapping, StackMapper } from './stack';
import { captureStreams } from './streams';
import { UserTimers } from './timers';
import { UserSource } from '../user-source';

/** Entry of the cell process: user code runs here and nowhere else. */
const cwd = process.cwd();
const context = createRequestContext();
const timers = new UserTimers(context);
const state = createInterruptState();
const interrupts = new Interrupts(state, () => {
  timers.cancelAll();
});
const scope = new Scope();
const host = new CellHost(context, interrupts, scope);
const mapper = new StackMapper();
const executor = new Executor(cwd, scope, new CellModules(cwd), mapper, interrupts);

async function runCell({
  requestId,
  executionCount,
  cell,
  code,
  source,
}: Extract<ToCell, { kind: 'run' }>): Promise<void> {
  const finished = await executor.run(
    `cell[${executionCount}]`,
    cell,
    new UserSource(code, source),
  );
  let { outcome } = finished;
  if ('value' in finished) {
    try {
      const data = await mimeBundle(finished.value);
      send({ kind: 'output', requestId, output: { kind: 'result', data, metadata: {} } });
    } catch (error) {
      outcome = { status: 'error', error: cellError(error, mapper) };
    }
  }
  host.cellEnded();
  send({ kind: 'done', requestId, outcome, kept: finished.kept });
}

async function evaluate({ id, cell }: Extract<ToCell, { kind: 'evaluate' }>): Promise<void> {
  const evaluation = await executor.expression(cell, async (value) => ({
    data: await mimeBundle(value),
  }));
  send({ kind: 'evaluated', id, evaluation });
}

function notify({ id, requestId, method, params }: Extract<ToCell, { kind: 'notify' }>): void {
  context.visit(requestId, () => {
    try {
      host.notify(method, params);
    } catch (error) {
      uncaught(error);
    }
  });
  send({ kind: 'notified', id });
}

function uncaught(error: unknown): void {
  const text = `Uncaught ${cellError(error, mapper).traceback.join('\n')}\n`;
  const output = { kind: 'stream', name: 'stderr', text } as const;
  send({ kind: 'output', requestId: context.current(), output });
}

const guard = new Worker(join(__dirname, 'guard.js'), { workerData: state });
guard.on('message', (message: GuardMessage) => {
  if (message === 'interrupt') interrupts.interrupt();
  else send({ kind: 'settled' });
});
guard.unref();

captureStreams(context);
hideOwnWarnings();
installStackMapping(mapper);
host.install();
installGlobals();
timers.install();

process.on('SIGINT', () => {
  interrupts.interrupt();
});
keepListeners({ uncaughtException: uncaught, unhandledRejection: uncaught });
listen(heard, () => process.reallyExit(0));

function heard(message: ToCell): void {
  if (message.kind === 'answer') host.answer(message.id, message);
  else if (message.kind === 'evaluate') void evaluate(message);
  else if (message.kind === 'notify') notify(message);
  else context.run(message.requestId, () => void runCell(message));
}

send({ kind: 'ready' });
