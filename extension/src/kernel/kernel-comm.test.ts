import type { ISessionContext } from '@jupyterlab/apputils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KernelComm } from './kernel-comm';
import { SecondComm } from './second-comm';

interface FakeComm {
  readonly commId: string;
  isDisposed: boolean;
  onMsg?: (message: { content: { data: object } }) => void;
}

/** A kernel at the other end of a line that takes its time. */
function setUp({ loses = 0, answers }: { loses?: number; answers: (opened: number) => number }) {
  const comms: FakeComm[] = [];
  const known = new Set<string>();
  const kernel = {
    info: Promise.resolve({ implementation: 'halfnote' }),
    isDisposed: false,
    handleComms: true,
    connectionStatus: 'connected',
    createComm: () => {
      const comm: FakeComm & Record<'open' | 'close' | 'dispose', () => void> = {
        commId: `comm ${comms.length + 1}`,
        isDisposed: false,
        open: () => {
          if (comms.length <= loses) return;
          known.add(comm.commId);
          setTimeout(() => {
            if (!comm.isDisposed) comm.onMsg?.({ content: { data: { from: comm.commId } } });
          }, answers(comms.length));
        },
        close: () => {
          known.delete(comm.commId);
          comm.isDisposed = true;
        },
        dispose: () => {
          comm.isDisposed = true;
        },
      };
      comms.push(comm);
      return comm;
    },
    requestCommInfo: () =>
      Promise.resolve({
        content: { status: 'ok', comms: Object.fromEntries([...known].map((id) => [id, {}])) },
      }),
  };
  const signal = { connect: () => undefined, disconnect: () => undefined };
  const context = {
    ...{ kernelChanged: signal, statusChanged: signal, connectionStatusChanged: signal },
    ready: Promise.resolve(),
    session: { kernel },
  };
  const told: unknown[] = [];
  const comm = new KernelComm(context as unknown as ISessionContext, 'halfnote.test', {
    lost: () => undefined,
    message: (data) => told.push(data),
  });
  return { comm, comms, told };
}

describe('a comm with a kernel that is not heard', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('window', globalThis);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('is opened again where the kernel has lost what it was sent', async () => {
    const { comms, told } = setUp({ loses: 2, answers: () => 10 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([{ from: 'comm 3' }]);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(comms).toHaveLength(3);
  });

  it('is left to a kernel whose answer takes long', async () => {
    const { comms, told } = setUp({ answers: () => 7000 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([{ from: 'comm 1' }]);
    expect(comms).toHaveLength(1);
  });

  it('hears a kernel at last, however long each answer takes, after few tries', async () => {
    const { comms, told } = setUp({ answers: () => 60_000 });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(told).toHaveLength(1);
    expect(comms.length).toBeLessThan(6);
  });

  it('is opened again where the answer was lost', async () => {
    const { comms, told } = setUp({ answers: (opened) => (opened === 1 ? 1e9 : 10) });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(told).toEqual([{ from: 'comm 2' }]);
    expect(comms).toHaveLength(2);
  });

  it('asks nothing more when it is disposed', async () => {
    const { comm, comms } = setUp({ answers: () => 1e9 });
    await vi.advanceTimersByTimeAsync(3000);
    comm.dispose();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(comms).toHaveLength(1);
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
  });
});

describe('a comm over a second connection of the page', () => {
  it('sends what a comm sends, and hears what is meant for it alone', () => {
    const sent: { header: { msg_type: string }; content: object }[] = [];
    let receive: (sender: unknown, message: object) => void = () => undefined;
    const kernel = {
      ...{ clientId: 'page', username: 'me' },
      iopubMessage: {
        connect: (slot: typeof receive, self: unknown) => {
          receive = slot.bind(self);
        },
        disconnect: () => {
          receive = () => undefined;
        },
      },
      sendShellMessage: (message: (typeof sent)[number]) => sent.push(message),
    };
    const comm = new SecondComm(kernel as never, 'halfnote.test');
    const heard: unknown[] = [];
    comm.onMsg = ({ content }) => {
      heard.push(content.data);
    };
    comm.onClose = () => {
      heard.push('closed');
    };
    const tell = (type: string, id: string, data: object) => {
      const content = { comm_id: id, data };
      receive(undefined, { channel: 'iopub', header: { msg_type: type }, content });
    };
    comm.open({ wants: 'all' } as never);
    comm.send({ a: 1 } as never);
    tell('comm_msg', 'of the other notebook', { b: 1 });
    tell('comm_msg', comm.commId, { b: 2 });
    tell('comm_close', comm.commId, {});
    tell('comm_msg', comm.commId, { b: 3 });
    expect(heard).toEqual([{ b: 2 }, 'closed']);
    expect(comm.isDisposed).toBe(true);
    expect(sent.map(({ header, content }) => [header.msg_type, content])).toEqual([
      ['comm_open', { comm_id: comm.commId, target_name: 'halfnote.test', data: { wants: 'all' } }],
      ['comm_msg', { comm_id: comm.commId, data: { a: 1 } }],
    ]);
  });
});
