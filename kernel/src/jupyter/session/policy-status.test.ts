import { describe, expect, it } from 'vitest';
import { gate, TestKernel } from '../../../../test/support/test-kernel';
import { DEFAULT_REPORT, POLICY_TARGET } from '../../payloads/comms';

const open = (comm_id: string): object => ({ comm_id, target_name: POLICY_TARGET, data: {} });
const fp16 = { policy: 'fp16', keep: 'out=fp32', running: null };

function told(kernel: TestKernel, id: string): unknown[] {
  return kernel.sent.flatMap((sent) =>
    sent.to === 'iopub' && sent.message.content['comm_id'] === id
      ? [sent.message.type === 'comm_msg' ? sent.message.content['data'] : sent.message.type]
      : [],
  );
}

describe('the precision policy', () => {
  it('is told to each front end: at once, also while a cell runs, and at each change', async () => {
    const end = gate();
    const kernel = new TestKernel({
      cells: {
        train: async () => {
          await end.opened;
          return undefined;
        },
      },
    });
    await kernel.execute('1');
    const first = await kernel.request('comm_open', open('a') as never);
    expect(first.replyType).toBe('');
    const cell = kernel.send('execute_request', { code: 'train' });
    await kernel.events?.call(cell, 'policy.tell', fp16);
    await kernel.request('comm_open', open('b') as never);
    end.open();
    await kernel.until(() => told(kernel, 'a').length === 2);
    expect(told(kernel, 'a')).toEqual([DEFAULT_REPORT, fp16]);
    expect(told(kernel, 'b')[0]).toEqual(fp16);
  });

  it('is the default again once the cell process is gone', async () => {
    const kernel = new TestKernel();
    const { id } = await kernel.execute('1');
    await kernel.request('comm_open', open('a') as never);
    await kernel.events?.call(id, 'policy.tell', fp16);
    kernel.events?.lost?.();
    await kernel.until(() => told(kernel, 'a').length >= 2);
    await kernel.until(() => (told(kernel, 'a').at(-1) as typeof fp16).policy === 'fp32');
  });

  it('is told at most ten times a second, the newest last', async () => {
    const kernel = new TestKernel();
    const { id } = await kernel.execute('1');
    await kernel.request('comm_open', open('a') as never);
    for (let step = 0; step < 1000; step++)
      await kernel.events?.call(id, 'policy.tell', { ...fp16, policy: `step ${step}` });
    await kernel.until(() => (told(kernel, 'a').at(-1) as typeof fp16).policy === 'step 999');
    expect(told(kernel, 'a').length).toBeLessThan(500);
  });

  it('that is none is refused, and the one before holds', async () => {
    const kernel = new TestKernel();
    const { id } = await kernel.execute('1');
    await expect(kernel.events?.call(id, 'policy.tell', { policy: 3 })).rejects.toThrow(
      'expected { policy, keep, running }',
    );
    await kernel.request('comm_open', open('a') as never);
    expect(told(kernel, 'a')).toEqual([DEFAULT_REPORT]);
  });

  it('closes its comms when the kernel ends, and lists them until then', async () => {
    const kernel = new TestKernel();
    await kernel.request('comm_open', open('a') as never);
    const { reply } = await kernel.request('comm_info_request');
    expect(reply['comms']).toEqual({ a: { target_name: POLICY_TARGET } });
    await kernel.request('shutdown_request', { restart: true }, 'control');
    await kernel.until(() => told(kernel, 'a').includes('comm_close'));
  });

  it('is told once, however often the same is said', async () => {
    const kernel = new TestKernel();
    const { id } = await kernel.execute('1');
    await kernel.request('comm_open', open('a') as never);
    for (let step = 0; step < 30; step++) {
      await kernel.events?.call(id, 'policy.tell', { ...fp16 });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await kernel.until(() => told(kernel, 'a').length >= 2);
    expect(told(kernel, 'a')).toEqual([DEFAULT_REPORT, fp16]);
  });

  it('is not told for good to pages that have gone without a word', async () => {
    const kernel = new TestKernel();
    const { id } = await kernel.execute('1');
    for (let page = 0; page < 500; page++)
      await kernel.request('comm_open', open(`page ${page}`) as never);
    expect(told(kernel, 'page 0')).toEqual([DEFAULT_REPORT, 'comm_close']);
    const before = kernel.sent.length;
    await kernel.events?.call(id, 'policy.tell', fp16);
    await kernel.until(() => told(kernel, 'page 499').length === 2);
    expect(kernel.sent.length - before).toBeLessThan(100);
  });
});
