import { describe, expect, it } from 'vitest';
import { gate, stdout, TestKernel } from '../../../../test/support/test-kernel';

interface Told {
  readonly method: string;
  readonly params: unknown;
}

/** A kernel in whose cell process the target `echo` is registered. */
async function withTarget(told: Told[] = []): Promise<TestKernel> {
  const kernel = new TestKernel({
    runtime: {
      notify: (_requestId, method, params) => {
        told.push({ method, params });
        return Promise.resolve();
      },
    },
  });
  const { id } = await kernel.execute('register');
  await kernel.events?.call(id, 'comm.register', { name: 'echo' });
  return kernel;
}

const open = { comm_id: 'c1', target_name: 'echo', data: { hello: 1 } };

describe('comms', () => {
  it('reach the cell process with data, metadata and buffers', async () => {
    const told: Told[] = [];
    const kernel = await withTarget(told);
    await kernel.request('comm_open', open);
    const more = { metadata: { version: '1' }, buffers: [Buffer.from([1, 2])] };
    const id = kernel.send('comm_msg', { comm_id: 'c1', data: { x: 1 } }, 'shell', more);
    await kernel.until(() => kernel.messagesOf(id).at(-1) === 'idle');
    await kernel.request('comm_close', { comm_id: 'c1', data: {} });
    const none = { metadata: {}, buffers: [] };
    expect(told).toEqual([
      { method: 'comm.open', params: { id: 'c1', target: 'echo', data: { hello: 1 }, ...none } },
      { method: 'comm.message', params: { id: 'c1', data: { x: 1 }, ...more } },
      { method: 'comm.close', params: { id: 'c1', data: {}, ...none } },
    ]);
  });

  it('that cells open reach the front end, with the cell as parent', async () => {
    const kernel = await withTarget();
    const { id } = await kernel.execute('cell');
    const buffers = [Uint8Array.of(7)];
    const call = async (method: string, params: object): Promise<unknown> =>
      kernel.events?.call(id, method, { id: 'k1', ...params });
    await call('comm.open', { target: 'plot', data: { a: 1 }, metadata: { m: 1 }, buffers });
    await call('comm.message', { data: { b: 2 } });
    await call('comm.close', { data: {} });
    await call('comm.message', { data: { after: 'close' } });
    expect(kernel.exchange(id).outputs).toEqual([
      {
        type: 'comm_open',
        content: { comm_id: 'k1', target_name: 'plot', data: { a: 1 } },
        metadata: { m: 1 },
        buffers,
        parent: expect.anything() as unknown,
      },
      expect.objectContaining({ type: 'comm_msg', content: { comm_id: 'k1', data: { b: 2 } } }),
      expect.objectContaining({ type: 'comm_close', content: { comm_id: 'k1', data: {} } }),
    ]);
  });

  it('are listed while open, also by target', async () => {
    const kernel = await withTarget();
    await kernel.request('comm_open', open);
    await kernel.events?.call('', 'comm.open', { id: 'k1', target: 'plot', data: {} });
    const comms = async (content: object): Promise<unknown> =>
      (await kernel.request('comm_info_request', { ...content })).reply['comms'];
    expect(await comms({})).toEqual({
      c1: { target_name: 'echo' },
      k1: { target_name: 'plot' },
    });
    expect(await comms({ target_name: 'plot' })).toEqual({ k1: { target_name: 'plot' } });
    await kernel.request('comm_close', { comm_id: 'c1', data: {} });
    expect(await comms({ target_name: 'echo' })).toEqual({});
  });

  it('are closed by us when nobody registered their target, or no longer does', async () => {
    const kernel = await withTarget();
    await kernel.events?.call('', 'comm.unregister', { name: 'echo' });
    const { order, outputs } = await kernel.request('comm_open', open);
    expect(order).toEqual(['busy', 'comm_close', 'idle']);
    expect(outputs[0]?.content).toEqual({ comm_id: 'c1', data: {} });
  });

  it('are closed in all front ends when the cell process is gone', async () => {
    const kernel = await withTarget();
    await kernel.request('comm_open', open);
    kernel.events?.lost?.();
    expect(kernel.sent.at(-1)?.message).toMatchObject({
      type: 'comm_close',
      content: { comm_id: 'c1' },
    });
    expect((await kernel.request('comm_open', open)).order).toContain('comm_close');
  });

  it('have outputs of their listener between busy and idle', async () => {
    const kernel: TestKernel = new TestKernel({
      runtime: {
        notify: (requestId) => {
          kernel.events?.output(requestId, stdout('heard'));
          return Promise.resolve();
        },
      },
    });
    await kernel.execute('register');
    await kernel.events?.call('', 'comm.register', { name: 'echo' });
    expect((await kernel.request('comm_open', open)).order).toEqual(['busy', 'stream', 'idle']);
  });

  it('can be interrupted while their listener runs', async () => {
    const listener = gate();
    const kernel = new TestKernel({
      runtime: {
        notify: () => listener.opened,
        interrupt: () => {
          listener.open();
          return Promise.resolve();
        },
      },
    });
    await kernel.execute('register');
    await kernel.events?.call('', 'comm.register', { name: 'echo' });
    const opening = kernel.request('comm_open', open);
    await kernel.request('interrupt_request', {}, 'control');
    expect((await opening).order).toEqual(['busy', 'idle']);
  });
});
