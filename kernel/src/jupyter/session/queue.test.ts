import { describe, expect, it } from 'vitest';
import { boom, gate, TestKernel } from '../../../../test/support/test-kernel';
import type { Request } from '../protocol/message';
import { ExecuteQueue } from './queue';

describe('the execute queue', () => {
  it('runs cells one after the other', async () => {
    const running: string[] = [];
    const slow = gate();
    const kernel = new TestKernel({
      cells: {
        a: async () => {
          running.push('a begins');
          await slow.opened;
          running.push('a ends');
          return undefined;
        },
        b: () => {
          running.push('b');
          return undefined;
        },
      },
    });
    kernel.send('execute_request', { code: 'a' });
    const last = kernel.execute('b');
    slow.open();
    await last;
    expect(running).toEqual(['a begins', 'a ends', 'b']);
  });

  it('aborts what waits behind an error, without running it', async () => {
    const ran: string[] = [];
    const kernel = new TestKernel({
      cells: {
        boom,
        next: () => {
          ran.push('next');
          return undefined;
        },
      },
    });
    const [, second, third] = await Promise.all([
      kernel.execute('boom'),
      kernel.execute('next'),
      kernel.execute('next'),
    ]);
    expect(ran).toEqual([]);
    for (const { reply, order } of [second, third]) {
      expect(reply['status']).toBe('aborted');
      expect(order).toEqual(['busy', 'execute_reply', 'idle']);
    }
  });

  it('aborts a request that arrives while the error is being handled', async () => {
    const kernel = new TestKernel({ cells: { boom } });
    const first = kernel.send('execute_request', { code: 'boom' });
    await kernel.until(() => kernel.messagesOf(first).includes('error'));
    const { reply } = await kernel.execute('sent before the reply');
    expect(reply['status']).toBe('aborted');
  });

  it('aborts a request that was sent before the error was answered and arrives later', async () => {
    const kernel = new TestKernel({ cells: { boom } });
    const date = new Date().toISOString();
    const statusOf = async (id: string, code: string): Promise<unknown> => {
      const names = { msg_id: id, msg_type: 'execute_request', session: 'front-end' };
      const header = { ...names, username: 'tester', date, version: '5.4' };
      kernel.send('execute_request', { code }, 'shell', { header });
      await kernel.until(() => kernel.messagesOf(id).at(-1) === 'idle');
      return kernel.exchange(id).reply['status'];
    };
    expect(await statusOf('first', 'boom')).toBe('error');
    expect(await statusOf('second', 'late')).toBe('aborted');
    expect((await kernel.execute('next')).reply['status']).toBe('ok');
  });

  it('aborts nothing for long when the dates of a front end stand still', async () => {
    const kernel = new TestKernel({ cells: { boom } });
    const statusOf = async (id: string, code: string): Promise<unknown> => {
      const names = { msg_id: id, msg_type: 'execute_request', session: 'front-end' };
      const header = { ...names, username: 'tester', date: '2026-01-01T00:00:00Z', version: '5.4' };
      kernel.send('execute_request', { code }, 'shell', { header });
      await kernel.until(() => kernel.messagesOf(id).at(-1) === 'idle');
      return kernel.exchange(id).reply['status'];
    };
    expect(await statusOf('first', 'boom')).toBe('error');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await statusOf('second', 'next')).toBe('ok');
  });

  it('runs what is sent after the error was answered', async () => {
    const kernel = new TestKernel({ cells: { boom } });
    await kernel.execute('boom');
    expect((await kernel.execute('next')).reply['status']).toBe('ok');
  });

  it('runs what is sent on the answer, also where this process pauses in the midst of answering', async () => {
    const aborted: string[] = [];
    let answeredAt = NaN;
    const queue = new ExecuteQueue(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        const answer = (): void => {
          answeredAt = Date.now();
          for (const from = performance.now(); performance.now() < from + 50;);
        };
        return { stop: true, answer };
      },
      ({ header }) => aborted.push(header.msg_id),
    );
    const sendAt = async (id: string, ms: number): Promise<void> => {
      const date = new Date(ms).toISOString();
      const header = { msg_id: id, msg_type: 'execute_request', session: 'front-end', date };
      queue.add({ header } as unknown as Request);
      await expect.poll(() => queue.running).toBe(undefined);
    };
    await sendAt('boom', Date.now());
    await sendAt('next', answeredAt + 2);
    expect(aborted).toEqual([]);
  });

  it('goes on after an error when stop_on_error is false', async () => {
    const kernel = new TestKernel({ cells: { boom } });
    const [, second] = await Promise.all([
      kernel.execute('boom', { stop_on_error: false }),
      kernel.execute('next'),
    ]);
    expect(second.reply['status']).toBe('ok');
  });

  it('answers a flood of 10,000 requests in order', async () => {
    const kernel = new TestKernel();
    const ids = Array.from({ length: 10_000 }, () => kernel.send('execute_request', { code: '' }));
    // busy, execute_input, execute_reply and idle for each
    await kernel.until(() => kernel.sent.length === 4 * ids.length);
    const replied = kernel.sent.flatMap((sent) =>
      sent.to === 'reply' ? [sent.request.header.msg_id] : [],
    );
    expect(replied).toEqual(ids);
  });
});
