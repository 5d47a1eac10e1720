import { paceLimits } from './pacing/limits';
import { PacedOutbox } from './pacing/paced-outbox';
import { kernelInfo } from './protocol/kernel-info';
import { statusMessage } from './protocol/output';
import { History } from './session/history';
import type { CellEnergy, Macros, RuntimeFactory } from './session/ports';
import { Session } from './session/session';
import { watchParent } from './parent';
import { exposure, readConnection } from './transport/connection';
import { Sockets } from './transport/sockets';

/** What the kernel is made of besides its protocol. */
export interface KernelParts {
  readonly version: string;
  readonly typescriptVersion: string;
  readonly runtime: RuntimeFactory;
  readonly macros?: Macros | undefined;
  readonly energy?: CellEnergy | undefined;
  /** File of the history that outlives the session; in memory only without one. */
  readonly historyFile?: string | undefined;
}

/**
 * Serves the connection file's sockets until a front end asks for a shutdown.
 * Rejects when the file is unusable or a port is taken.
 */
export async function startKernel(connectionFile: string, parts: KernelParts): Promise<void> {
  const limits = paceLimits(process.env);
  const connection = readConnection(connectionFile);
  const warning = exposure(connectionFile);
  if (warning !== undefined) process.stderr.write(`${warning}\n`);
  const sockets = new Sockets(connection);
  await sockets.bind();
  const pacing = limits && new PacedOutbox(sockets, limits);
  const { runtime, macros, energy } = parts;
  const session = new Session({
    outbox: pacing ?? sockets,
    pacing,
    ports: Object.fromEntries(
      Object.entries(connection.ports).map(([name, port]) => [`${name}_port`, port]),
    ),
    runtime,
    info: kernelInfo(parts.version, parts.typescriptVersion),
    macros,
    energy,
    history: new History(parts.historyFile),
    onShutdown: () => {
      sockets.close();
    },
  });
  await sockets.caughtUp();
  sockets.publish({ ...statusMessage('starting'), parent: undefined });
  guard(session);
  await sockets.serve((request) => {
    session.handle(request);
  });
  const { malformed, unsigned, unsent } = sockets.dropped;
  if (malformed + unsigned + unsent > 0) {
    process.stderr.write(
      `Messages dropped: ${malformed} malformed, ${unsigned} with a wrong signature, ${unsent} unsent\n`,
    );
  }
}

/** What may happen to a process must not end the kernel, and the end of its starter must. */
function guard(session: Session): void {
  const shutdown = (): void => {
    void session.shutdown();
  };
  process.on('SIGINT', () => {
    void session.interrupt();
  });
  process.once('SIGTERM', shutdown);
  process.on('uncaughtException', report);
  process.on('unhandledRejection', report);
  watchParent(shutdown);
}

function report(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`halfnote kernel: ${text}\n`);
}
