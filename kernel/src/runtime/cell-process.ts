import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import type { CellUsage } from '../energy/accounts/cell-usage';
import { endOf } from './code-points';
import type { CellOutput } from './contract';
import { encodeFrame, FrameReader } from './frames';
import { LineReader } from './lines';
import { NoteFilter } from './log-notes';
import {
  HEARD_FD,
  INSPECTOR_FD,
  INTERRUPT_FD,
  SPOKEN_FD,
  type FromCell,
  type ToCell,
} from './messages';
import { packageRoot } from './packages';
import { killGroup } from './process-group';

/** How a cell process ended. */
export interface Death {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to stderr natively, for instance V8's words about memory. */
  readonly lastWords: string;
  /** True: code called `process.exit`. */
  readonly isAsked: boolean;
}

/** What the process tells of what runs in it. */
export type RunMessage = Exclude<FromCell, { kind: 'ready' | 'exiting' | 'used' }>;

export interface CellProcessEvents {
  /** Told before the message that it came with. */
  used(usage: CellUsage): void;
  message(message: RunMessage): void;
  /** What native code wrote; it does not know which request it worked for. */
  native(output: Extract<CellOutput, { kind: 'stream' }>): void;
  /** An interrupt can't end this run before native code returns. */
  stuck(run: number): void;
  /** What its inspector says to a debugger, as JSON. */
  inspected(message: string): void;
  died(death: Death): void;
}

/** UTF-16 units. */
const LAST_WORDS = 4096;
/** How long to wait for the pipes of a dead process: a child of its own may hold them open. */
const DRAIN_MS = 200;
/** How long the start of a line that may be a note of TensorFlow's waits for the rest of it. */
const NOTE_MS = 100;

/** The process that runs user code, as the kernel process sees it. */
export class CellProcess {
  private readonly child: ChildProcess;
  private readonly hears: Socket;
  private readonly interrupts: Socket;
  private readonly inspector: Socket;
  private readonly notes = new NoteFilter();
  private rest: NodeJS.Timeout | undefined;
  private lastWords = '';
  private setReady: ((death?: Death) => void) | undefined;
  /** Undefined as soon as it hears cells and interrupts; how it ended, if it did before. */
  readonly ready: Promise<Death | undefined>;
  /** Resolves once the system has no such process any more. */
  readonly exited: Promise<void>;
  isReady = false;
  private isExiting = false;

  constructor(cwd: string, env: NodeJS.ProcessEnv, events: CellProcessEvents) {
    this.child = spawn(
      process.execPath,
      [...nodeFlags(), join(packageRoot, 'dist', 'runtime', 'process', 'main.js')],
      {
        cwd,
        env,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
        // A process group of its own, as a terminal gives one to what it runs: an interrupt goes to all of it.
        detached: process.platform !== 'win32',
      },
    );
    this.ready = new Promise((resolve) => {
      this.setReady = resolve;
    });
    this.exited = new Promise((resolve) => {
      // The first of the two, where it could not be started.
      for (const event of ['exit', 'error'])
        this.child.once(event, () => {
          resolve();
        });
    });
    const reader = new FrameReader();
    const pipes = this.child.stdio as unknown as readonly Socket[];
    const hears = pipes[HEARD_FD];
    const interrupts = pipes[INTERRUPT_FD];
    const speaks = pipes[SPOKEN_FD];
    const inspector = pipes[INSPECTOR_FD];
    if (!hears || !interrupts || !speaks || !inspector)
      throw new Error('the cell process has no pipes');
    this.hears = hears;
    this.interrupts = interrupts;
    this.inspector = inspector;
    speaks.on('data', (chunk: Buffer) => {
      for (const message of reader.push(chunk) as FromCell[]) {
        if ('usage' in message) events.used(message.usage);
        if (message.kind === 'ready') {
          this.isReady = true;
          this.setReady?.();
        } else if (message.kind === 'exiting') this.isExiting = true;
        else if (message.kind !== 'used') events.message(message);
      }
    });
    const stuck = new LineReader();
    interrupts.on('data', (chunk: Buffer) => {
      for (const run of stuck.push(chunk)) events.stuck(Number(run));
    });
    const inspected = new LineReader();
    inspector.on('data', (chunk: Buffer) => {
      for (const message of inspected.push(chunk)) events.inspected(message);
    });
    for (const name of ['stdout', 'stderr'] as const) this.child[name]?.setEncoding('utf8');
    this.child.stdout?.on('data', (text: string) => {
      events.native({ kind: 'stream', name: 'stdout', text });
    });
    const stderr = (text: string): void => {
      if (text === '') return;
      this.lastWords = endOf(this.lastWords + text, LAST_WORDS);
      events.native({ kind: 'stream', name: 'stderr', text });
    };
    const flush = (): void => {
      clearTimeout(this.rest);
      stderr(this.notes.flush());
    };
    this.child.stderr?.on('data', (text: string) => {
      clearTimeout(this.rest);
      stderr(this.notes.push(text));
      this.rest = setTimeout(flush, NOTE_MS);
    });
    // A write to a process that just died; its death is told by `exit`.
    for (const pipe of [hears, interrupts, speaks, inspector]) pipe.on('error', () => undefined);
    this.child.on('error', () => undefined);
    this.child.on('exit', (code, signal) => {
      void settled(this.child).then(() => {
        flush();
        const death = { code, signal, lastWords: this.lastWords, isAsked: this.isExiting };
        this.setReady?.(death);
        events.died(death);
      });
    });
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  send(message: ToCell): void {
    if (this.hears.writable) this.hears.write(encodeFrame(message));
  }

  /** Asks the guard thread to stop a run, or with 0 what earlier ones left behind. */
  interrupt(run: number): void {
    this.interrupts.write(`${run}\n`);
  }

  /** A message to its inspector, which opens with the first one, as a line. */
  inspect(message: string): void {
    if (this.inspector.writable) this.inspector.write(`${message}\n`);
  }

  /** Ends it, and what it started in its process group. */
  kill(): void {
    const { pid } = this.child;
    if (pid === undefined || !this.isAlive) return;
    killGroup(pid);
  }
}

function nodeFlags(): string[] {
  const flag = '--no-force-async-hooks-checks';
  // A forced stop leaves Node.js's stack of async contexts unbalanced; without the flag it aborts.
  return process.allowedNodeEnvironmentFlags.has('--force-async-hooks-checks') ? [flag] : [];
}

function settled(child: ChildProcess): Promise<void> {
  const closed = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  const late = new Promise<void>((resolve) => setTimeout(resolve, DRAIN_MS).unref());
  return Promise.race([closed, late]);
}
