import { describe, expect, it } from 'vitest';
import { stdout, TestKernel, type CellScript } from '../../../../test/support/test-kernel';
import { JOURNAL_TARGET, type JournaledRun } from '../../payloads/comms';
import type { Request } from '../protocol/message';
import { Journal } from './journal';

const LIMITS = { bytes: 4000, bytesARun: 1000 };

/** Runs cells, each with its own id, and gives back what a page that comes then is told. */
async function runs(
  kernel: TestKernel,
  comm = String(Math.random()),
): Promise<readonly JournaledRun[]> {
  const content = { comm_id: comm, target_name: JOURNAL_TARGET, data: {} };
  await kernel.request('comm_open', content);
  const told = kernel.sent.flatMap((sent) =>
    sent.to === 'iopub' && sent.message.content['comm_id'] === comm
      ? [(sent.message.content['data'] as { run: JournaledRun | null }).run]
      : [],
  );
  expect(told.at(-1)).toBeNull();
  return told.slice(0, -1) as JournaledRun[];
}

async function execute(kernel: TestKernel, code: string, metadata: object): Promise<string> {
  const id = kernel.send('execute_request', { code }, 'shell', {
    metadata: metadata as Record<string, unknown>,
  });
  await kernel.until(() => kernel.messagesOf(id).at(-1) === 'idle');
  return id;
}

function display(id: string, text: string, update = false) {
  const output = { data: { 'text/plain': text }, displayId: id, update };
  return { kind: 'display', output } as const;
}

const cells: Record<string, CellScript> = {
  prints: (emit) => {
    emit(stdout('one '));
    emit(stdout('two'));
    emit(display('d', 'first'));
    emit(stdout('three'));
    return undefined;
  },
  updates: (emit) => {
    emit(display('d', 'second', true));
    return undefined;
  },
  clears: (emit) => {
    emit(stdout('old'));
    emit({ kind: 'clear', wait: true });
    emit(stdout('new'));
    emit({ kind: 'clear', wait: true });
    return undefined;
  },
};

/** Pages, each with its own session, that share one kernel's journal. */
function pages() {
  const journal = new Journal(LIMITS);
  let requests = 0;
  return {
    journal,
    runs: (session: string, cellId: string): string => {
      const header = { msg_id: `${session} ${++requests}`, session } as Request['header'];
      const request = { header, metadata: { cellId }, content: {} };
      journal.begin(request as unknown as Request);
      return header.msg_id;
    },
    /** Opens the journal's comm and gives back which runs the page is told. */
    opens: (session: string, notebook?: string): (string | undefined)[] => {
      const told: (JournaledRun | null)[] = [];
      const send = (data: object) => told.push((data as { run: JournaledRun | null }).run);
      journal.opened({ id: session, session, send }, { notebook });
      return told.slice(0, -1).map((run) => run?.requestId);
    },
    renames: (session: string, notebook: string): void => {
      journal.message({ id: session, session, send: () => undefined }, { notebook });
    },
  };
}

describe('the journal of notebooks that share a kernel', () => {
  it("gives a copy, with the same ids of cells, none of the original's runs", () => {
    const { opens, runs } = pages();
    opens('1', 'original.ipynb');
    const original = runs('1', 'a');
    expect(opens('2', 'copy.ipynb')).toEqual([]);
    const copy = runs('2', 'a');
    expect(opens('3', 'original.ipynb')).toEqual([original]);
    expect(opens('4', 'copy.ipynb')).toEqual([copy]);
  });

  it('knows whose a run is that began before its page had said so', () => {
    const { opens, runs } = pages();
    opens('1', 'original.ipynb');
    const original = runs('1', 'a');
    runs('2', 'a');
    const last = runs('2', 'a');
    opens('2', 'copy.ipynb');
    expect(opens('3', 'copy.ipynb')).toEqual([last]);
    expect(opens('4', 'original.ipynb')).toEqual([original]);
  });

  it('follows a notebook that is given another name', () => {
    const { opens, runs, renames } = pages();
    opens('1', 'old.ipynb');
    const before = runs('1', 'a');
    opens('2', 'old.ipynb');
    renames('2', 'new.ipynb');
    expect(opens('3', 'new.ipynb')).toEqual([before]);
    expect(opens('4', 'old.ipynb')).toEqual([]);
  });

  it('gives a page that says no notebook all of them, as one of an older extension', () => {
    const { opens, runs } = pages();
    opens('1', 'a.ipynb');
    const all = [runs('1', 'a'), runs('2', 'b')];
    expect(opens('3')).toEqual(all);
  });
});

describe('the journal of outputs', () => {
  it('has what each cell has shown, as a page would have it', async () => {
    const kernel = new TestKernel({ cells });
    const requestId = await execute(kernel, 'prints', { cellId: 'a' });
    await execute(kernel, 'updates', { cellId: 'b' });
    const [first, second] = await runs(kernel);
    expect(first).toEqual({
      ...{
        cellId: 'a',
        requestId,
        executionCount: 1,
        state: 'ended',
        omittedBytes: 0,
        saved: null,
      },
      outputs: [
        { type: 'stream', content: { name: 'stdout', text: 'one two' } },
        {
          type: 'display_data',
          content: {
            data: { 'text/plain': 'second' },
            metadata: {},
            transient: { display_id: 'd' },
          },
        },
        { type: 'stream', content: { name: 'stdout', text: 'three' } },
      ],
    });
    expect(second).toMatchObject({ cellId: 'b', executionCount: 2, outputs: [] });
  });

  it('clears as a page does, and leaves a clear that waits to whoever goes on', async () => {
    const kernel = new TestKernel({ cells });
    await execute(kernel, 'clears', { cellId: 'a' });
    const [run] = await runs(kernel);
    expect(run?.outputs).toEqual([
      { type: 'stream', content: { name: 'stdout', text: 'new' } },
      { type: 'clear_output', content: { wait: true } },
    ]);
  });

  it('forgets a run when its cell runs again or is deleted', async () => {
    const kernel = new TestKernel({ cells });
    await execute(kernel, 'prints', { cellId: 'a' });
    await execute(kernel, 'updates', { cellId: 'a' });
    expect(await runs(kernel)).toMatchObject([{ cellId: 'a', executionCount: 2 }]);
    await execute(kernel, 'prints', { cellId: 'b', deletedCells: ['a'] });
    expect(await runs(kernel)).toMatchObject([{ cellId: 'b' }]);
  });

  it('forgets what a saved file has, and nothing of another notebook', async () => {
    const kernel = new TestKernel({ cells });
    const requestIds = [
      await execute(kernel, 'prints', { cellId: 'a' }),
      await execute(kernel, 'prints', { cellId: 'other' }),
    ];
    await runs(kernel, 'page');
    const data = { requestIds, cellIds: ['a'] };
    await kernel.request('comm_msg', { comm_id: 'page', data });
    expect(await runs(kernel)).toMatchObject([
      { cellId: 'a', saved: { count: 3, displays: [{ id: 'd', place: 1 }] }, outputs: [] },
      { cellId: 'other', saved: null, outputs: [{}, {}, {}] },
    ]);
  });

  it('has what a timer shows after the file was saved, without what the file has', () => {
    const journal = new Journal(LIMITS);
    const told: (JournaledRun | null)[] = [];
    const comm = {
      id: 'page',
      session: 'page',
      send: (data: object) => told.push((data as { run: never }).run),
    };
    const outbox = journal.noting({
      publish: () => undefined,
      reply: () => undefined,
      ask: () => Promise.resolve(true),
    });
    const header = { msg_id: 'run' } as Request['header'];
    journal.begin({ header, metadata: { cellId: 'a' }, content: {} } as unknown as Request);
    const shows = (type: string, content: Record<string, unknown>) => {
      outbox.publish({ type, content, parent: header });
    };
    shows('stream', { name: 'stdout', text: 'early' });
    shows('status', { execution_state: 'idle' });
    journal.message(comm, { requestIds: ['run'], cellIds: ['a'] });
    shows('stream', { name: 'stdout', text: 'late' });
    journal.opened(comm, {});
    const late = { type: 'stream', content: { name: 'stdout', text: 'late' } };
    expect(told[0]).toMatchObject({ saved: { count: 1 }, state: 'ended', outputs: [late] });
    shows('clear_output', { wait: false });
    told.length = 0;
    journal.opened(comm, {});
    expect(told[0]).toMatchObject({ saved: null, outputs: [] });
  });

  it('takes no note of what has no cell', async () => {
    const kernel = new TestKernel({ cells });
    await execute(kernel, 'prints', {});
    expect(await runs(kernel)).toEqual([]);
  });

  it.each(['floods', 'shows'])('is bounded, and says what it left out, where a cell %s', (code) => {
    const journal = new Journal(LIMITS);
    const outbox = journal.noting({
      publish: () => undefined,
      reply: () => undefined,
      ask: () => Promise.resolve(true),
    });
    const told: (JournaledRun | null)[] = [];
    const header = { msg_id: 'r', msg_type: 'execute_request', session: '', username: '' };
    const parent = { ...header, date: '', version: '' };
    journal.begin({
      ...{ channel: 'shell', identities: [], header: parent, parentHeader: {}, buffers: [] },
      ...{ metadata: { cellId: 'a' }, content: { code } },
    });
    for (let n = 0; n < 1000; n++) {
      const content =
        code === 'floods'
          ? { name: 'stdout', text: `line ${n}\n` }
          : { data: { 'text/plain': `value ${n}` }, metadata: {}, transient: {} };
      outbox.publish({ type: code === 'floods' ? 'stream' : 'display_data', content, parent });
    }
    journal.opened(
      {
        id: 'c',
        session: 'page',
        send: (data) => told.push((data as { run: JournaledRun | null }).run),
      },
      {},
    );
    const text = JSON.stringify(told[0]?.outputs);
    expect(text).toContain('999');
    expect(text.length).toBeLessThan(3 * LIMITS.bytesARun);
    expect(told[0]?.omittedBytes).toBeGreaterThan(5000);
  });
});
