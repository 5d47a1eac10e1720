import { randomUUID } from 'node:crypto';
import { kernelInfo } from '../../kernel/src/jupyter/protocol/kernel-info';
import type {
  Broadcast,
  Channel,
  JsonObject,
  Reply,
  Request,
} from '../../kernel/src/jupyter/protocol/message';
import type { History } from '../../kernel/src/jupyter/session/history';
import type { CellEnergy, Macros } from '../../kernel/src/jupyter/session/ports';
import { noMacros } from '../../kernel/src/jupyter/session/ports';
import { Session } from '../../kernel/src/jupyter/session/session';
import type {
  CellOutcome,
  CellOutput,
  ExecuteCell,
  Runtime,
  RuntimeEvents,
} from '../../kernel/src/runtime/contract';

/** What a pretended cell does; it may emit at any time, also after it has ended. */
export type CellScript = (
  emit: (output: CellOutput) => void,
  cell: ExecuteCell,
) => CellOutcome | undefined | Promise<CellOutcome | undefined>;

export interface TestKernelOptions {
  /** By the cell's code; any other code succeeds without a word. */
  readonly cells?: Readonly<Record<string, CellScript>>;
  readonly runtime?: Partial<Runtime>;
  readonly macros?: Partial<Macros>;
  readonly energy?: CellEnergy;
  readonly history?: History;
  /** False: questions to the front end don't arrive. */
  readonly listensToStdin?: boolean;
  /** Makes the runtime fail to start this often. */
  readonly failStarts?: number;
  /** Makes the runtime start only then. */
  readonly startsAfter?: Promise<void>;
}

/** One request and all that came of it, in the order in which it was sent. */
export interface Exchange {
  readonly id: string;
  readonly reply: JsonObject;
  readonly replyType: string;
  /** Types of what was sent, IOPub and reply: `busy, execute_input, stream, execute_reply, idle`. */
  readonly order: readonly string[];
  readonly outputs: readonly Broadcast[];
}

type Sent =
  | { readonly to: 'iopub'; readonly message: Broadcast }
  | {
      readonly to: 'stdin';
      readonly request: Request;
      readonly id: string;
      readonly message: Reply;
    }
  | { readonly to: 'reply'; readonly request: Request; readonly message: Reply };

/** A session in memory, without sockets, on a pretended runtime. */
export class TestKernel {
  readonly sent: Sent[] = [];
  readonly closed: string[] = [];
  runtimesMade = 0;
  events: RuntimeEvents | undefined;
  private readonly session: Session;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly options: TestKernelOptions = {}) {
    const { macros, energy, history } = options;
    this.session = new Session({
      outbox: {
        publish: (message) => {
          this.record({ to: 'iopub', message });
        },
        reply: (request, message) => {
          this.record({ to: 'reply', request, message });
        },
        ask: (request, id, message) => {
          this.record({ to: 'stdin', request, id, message });
          return Promise.resolve(options.listensToStdin ?? true);
        },
      },
      runtime: (events) => this.makeRuntime(events),
      info: kernelInfo('0.0.0', '5.9.3'),
      onShutdown: () => this.closed.push('session'),
      macros: macros && { ...noMacros, ...macros },
      energy,
      ...(history && { history }),
    });
  }

  /** Sends a request and waits until its idle was sent. */
  async request(type: string, content: JsonObject = {}, channel?: Channel): Promise<Exchange> {
    const id = this.send(type, content, channel);
    await this.until(() => this.messagesOf(id).at(-1) === 'idle');
    return this.exchange(id);
  }

  execute(code: string, content: JsonObject = {}): Promise<Exchange> {
    return this.request('execute_request', { code, ...content });
  }

  /** Sends a request without waiting; returns its id. */
  send(
    type: string,
    content: JsonObject,
    channel: Channel = 'shell',
    more: Partial<Request> = {},
  ): string {
    const header = {
      msg_id: randomUUID(),
      msg_type: type,
      session: 'front-end',
      username: 'tester',
      date: new Date().toISOString(),
      version: '5.4',
    };
    const none = { identities: [], parentHeader: {}, metadata: {}, buffers: [] };
    this.session.handle({ channel, header, content, ...none, ...more });
    return header.msg_id;
  }

  /** Waits for the `n`th question to the user and answers it. */
  async answer(n: number, value: unknown): Promise<JsonObject> {
    await this.until(() => this.questions.length >= n);
    const question = this.questions[n - 1];
    const parentHeader = { msg_id: question?.id };
    this.send('input_reply', { value }, 'stdin', { parentHeader });
    return question?.message.content ?? {};
  }

  get questions(): readonly Extract<Sent, { to: 'stdin' }>[] {
    return this.sent.filter((sent) => sent.to === 'stdin');
  }

  exchange(id: string): Exchange {
    const mine = this.sent.filter((sent) => parentOf(sent) === id);
    const reply = mine.find((sent) => sent.to === 'reply');
    const outputs = mine.flatMap((sent) => (sent.to === 'iopub' ? [sent.message] : []));
    return {
      id,
      reply: reply?.message.content ?? {},
      replyType: reply?.message.type ?? '',
      order: this.messagesOf(id),
      outputs: outputs.filter(({ type }) => type !== 'status' && type !== 'execute_input'),
    };
  }

  /** Waits for a condition that some sent message makes true. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        this.listeners.delete(check);
        resolve();
      };
      this.listeners.add(check);
      check();
    });
  }

  messagesOf(id: string): string[] {
    return this.sent.filter((sent) => parentOf(sent) === id).map(nameOf);
  }

  private record(sent: Sent): void {
    this.sent.push(sent);
    for (const listener of [...this.listeners]) listener();
  }

  private async makeRuntime(events: RuntimeEvents): Promise<Runtime> {
    this.runtimesMade++;
    await this.options.startsAfter;
    if (this.runtimesMade <= (this.options.failStarts ?? 0)) throw new Error('no TypeScript here');
    this.events = events;
    return Promise.resolve({
      execute: async (cell) => {
        const script = this.options.cells?.[cell.code];
        const emit = (output: CellOutput): void => {
          events.output(cell.requestId, output);
        };
        return (await script?.(emit, cell)) ?? { status: 'ok' };
      },
      evaluate: (expression) => Promise.resolve({ data: { 'text/plain': expression } }),
      complete: (_code, offset) =>
        Promise.resolve({ matches: [], types: [], start: offset, end: offset }),
      inspect: () => Promise.resolve(undefined),
      isComplete: () => Promise.resolve({ status: 'complete' }),
      interrupt: () => Promise.resolve(),
      notify: () => Promise.resolve(),
      renew: () => Promise.resolve(),
      debugWith: () => Promise.resolve(),
      previewCell: () => Promise.resolve(undefined),
      previewModule: (path) => Promise.reject(new Error(`no module ${path}`)),
      close: () => {
        this.closed.push('runtime');
        return Promise.resolve();
      },
      ...this.options.runtime,
    });
  }
}

export const stdout = (text: string): CellOutput => ({ kind: 'stream', name: 'stdout', text });
export const stderr = (text: string): CellOutput => ({ kind: 'stream', name: 'stderr', text });
export const result = (text: string): CellOutput => ({
  kind: 'result',
  data: { 'text/plain': text },
  metadata: {},
});

export const boom: CellScript = () => ({
  status: 'error',
  error: { ename: 'Error', evalue: 'boom', traceback: ['Error: boom', '  at cell[1]:1:7'] },
});

/** A promise with its handle: `settle()` lets the cell that waits for it go on. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

function parentOf(sent: Sent): string | undefined {
  return sent.to === 'iopub' ? sent.message.parent?.msg_id : sent.request.header.msg_id;
}

function nameOf({ message }: Sent): string {
  return message.type === 'status' ? String(message.content['execution_state']) : message.type;
}
