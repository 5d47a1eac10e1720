import type { NotebookPanel } from '@jupyterlab/notebook';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NotebookJournal } from './notebook-journal';

vi.mock('@jupyterlab/notebook', () => {
  const executionScheduled = { connect: () => undefined, disconnect: () => undefined };
  return { NotebookActions: { executionScheduled } };
});

/** What is asked in the page's cells, and what is taken away again. */
const asked: { id: string; answer: (value: string) => void; isWithdrawn: boolean }[] = [];

vi.mock('./asked-input', () => ({
  AskedInput: class {
    readonly id: string;
    readonly #entry: (typeof asked)[number];

    constructor(_: unknown, __: unknown, { id }: { id: string }, answer: (value: string) => void) {
      this.id = id;
      this.#entry = { id, answer, isWithdrawn: false };
      asked.push(this.#entry);
    }

    withdraw(): void {
      this.#entry.isWithdrawn = true;
    }
  },
}));

type Listener = (sender: unknown, args: never) => void;

/** What a page has: a signal that passes on, and the listener's `this`. */
class FakeSignal {
  readonly #listeners: (() => void)[] = [];
  #args: unknown;

  connect(listener: Listener, self: unknown): void {
    this.#listeners.push(() => {
      listener.call(self, undefined, this.#args as never);
    });
  }

  disconnect(): void {
    this.#listeners.length = 0;
  }

  emit(args: unknown): void {
    this.#args = args;
    for (const listener of this.#listeners) listener();
  }
}

/** A page with one cell, `a`, and what it has told the kernel's journal. */
async function setUp() {
  const told: unknown[] = [];
  const opened: unknown[] = [];
  const shown: unknown[] = [];
  let say: (data: object) => void = () => undefined;
  const kernel = {
    clientId: 'this page',
    info: Promise.resolve({ implementation: 'halfnote' }),
    handleComms: true,
    connectionStatus: 'connected',
    createComm: () => {
      const comm = {
        isDisposed: false,
        open: (data: unknown) => opened.push(data),
        dispose: () => undefined,
        send: (data: unknown) => told.push(data),
        close: () => undefined,
        onMsg: undefined as ((message: object) => void) | undefined,
      };
      say = (data) => {
        comm.onMsg?.({ content: { data } });
      };
      return comm;
    },
  };
  const none = new FakeSignal();
  const [iopubMessage, saveState, pathChanged] = [1, 2, 3].map(() => new FakeSignal()) as [
    FakeSignal,
    FakeSignal,
    FakeSignal,
  ];
  const outputs = { length: 0, add: (output: unknown) => shown.push(output) };
  const cell = {
    ...{ id: 'a', type: 'code', isDisposed: false, outputs },
    clearExecution: () => undefined,
    sharedModel: {
      transact: (work: () => void) => {
        work();
      },
    },
  };
  const context = { ready: Promise.resolve(), path: 'a.ipynb', saveState, pathChanged };
  const panel = {
    context,
    content: { model: { cells: [cell] }, widgets: [{ model: cell }] },
    sessionContext: {
      ...{ kernelChanged: none, statusChanged: none, connectionStatusChanged: none, iopubMessage },
      ready: Promise.resolve(),
      session: { kernel },
    },
  };
  const journal = new NotebookJournal(panel as unknown as NotebookPanel);
  await vi.advanceTimersByTimeAsync(0);
  const ends = (id: string, session: string): void => {
    const parent_header = { msg_id: id, msg_type: 'execute_request', session };
    const header = { msg_type: 'status' };
    const content = { execution_state: 'idle' };
    iopubMessage.emit({ header, parent_header, content });
  };
  const display = (msg_type: string, id: string): void => {
    const parent_header = { msg_id: id, msg_type: 'execute_request', session: 'this page' };
    iopubMessage.emit({
      ...{ header: { msg_type }, parent_header, content: { transient: { display_id: 'd' } } },
    });
  };
  const save = (): void => {
    saveState.emit('started');
    saveState.emit('completed');
  };
  const restore = (requestId: string): void => {
    const text = { type: 'stream', content: { name: 'stdout', text: 'text' } };
    const run = {
      cellId: 'a',
      requestId,
      executionCount: 1,
      state: 'ended',
      omittedBytes: 0,
      saved: null,
    };
    say({ run: { ...run, outputs: [text] } });
  };
  const rename = (path: string): void => {
    context.path = path;
    pathChanged.emit(path);
  };
  const question = (of: object | null): void => {
    say({ question: of });
  };
  return { journal, display, question, opened, told, shown, ends, save, restore, rename };
}

describe("a notebook's journal", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('window', globalThis);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('tells what a saved file has: runs of this page, and those brought back', async () => {
    const { journal, told, ends, save, restore } = await setUp();
    ends('own', 'this page');
    restore('back');
    save();
    save();
    expect(told).toEqual([
      { requestIds: ['own', 'back'], cellIds: ['a'] },
      { requestIds: [], cellIds: ['a'] },
    ]);
    journal.dispose();
  });

  it('says which notebook it is of, also when that has another name', async () => {
    const { journal, opened, told, rename } = await setUp();
    expect(opened).toEqual([{ notebook: 'a.ipynb' }]);
    rename('b.ipynb');
    expect(told).toEqual([{ notebook: 'b.ipynb' }]);
    journal.dispose();
  });

  it("tells a display's run again when another one has updated it", async () => {
    const { journal, told, ends, save, display } = await setUp();
    display('display_data', 'shows');
    ends('shows', 'this page');
    save();
    display('update_display_data', 'updates');
    ends('updates', 'this page');
    save();
    expect(told.at(-1)).toEqual({ requestIds: ['shows', 'updates'], cellIds: ['a'] });
    journal.dispose();
  });

  it('asks what a run of a page that is gone wants to know, and not what its own ask', async () => {
    asked.length = 0;
    const { journal, told, question, restore } = await setUp();
    const name = { prompt: 'Name?', password: false };
    question({ ...name, id: '1', requestId: 'own' });
    expect(asked).toEqual([]);
    question({ ...name, id: '2', requestId: 'back' });
    restore('back');
    restore('back');
    expect(asked).toMatchObject([{ id: '2', isWithdrawn: false }]);
    asked[0]?.answer('Ada');
    expect(told).toEqual([{ answer: { id: '2', value: 'Ada' } }]);
    question({ ...name, id: '3', requestId: 'back' });
    expect(asked.map(({ isWithdrawn }) => isWithdrawn)).toEqual([true, false]);
    journal.dispose();
    expect(asked.map(({ isWithdrawn }) => isWithdrawn)).toEqual([true, true]);
  });

  it("claims no runs of another page, whose outputs this page's file does not have", async () => {
    const { journal, told, ends, save } = await setUp();
    ends('other', 'another page');
    save();
    expect(told).toEqual([{ requestIds: [], cellIds: ['a'] }]);
    journal.dispose();
  });

  it('shows a run of a page that is gone, also where its end comes first', async () => {
    const { journal, shown, ends, restore } = await setUp();
    ends('before', 'a page that is gone');
    restore('before');
    expect(shown).toHaveLength(1);
    restore('before');
    expect(shown).toHaveLength(1);
    journal.dispose();
  });
});
