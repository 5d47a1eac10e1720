import { describe, expect, it } from 'vitest';
import { gate, TestKernel, type TestKernelOptions } from '../../../../test/support/test-kernel';

/** A kernel that notes which cells ran. */
function noting(options: TestKernelOptions = {}): { kernel: TestKernel; ran: string[] } {
  const ran: string[] = [];
  const kernel = new TestKernel({
    cells: {
      a: () => void ran.push('a'),
      b: () => void ran.push('b'),
    },
    ...options,
  });
  return { kernel, ran };
}

function header(type: string, session: string, date: string) {
  const fixed = { username: 'tester', version: '5.4' };
  return { msg_id: `${type} of ${session} at ${date}`, msg_type: type, session, date, ...fixed };
}

const BEFORE = '2026-01-01T00:00:00.000100Z';
const THEN = '2026-01-01T00:00:00.000200Z';
const AFTER = '2026-01-01T00:00:00.000300Z';

describe('an interrupt that overtakes its cell', () => {
  it.each([
    { name: 'of the same front end, however much later it is read', session: 'one', waits: true },
    { name: 'of another front end that is read with it', session: 'other', waits: false },
  ])('stops a cell $name', async ({ session, waits }) => {
    const { kernel, ran } = noting();
    const interrupt = header('interrupt_request', 'one', THEN);
    kernel.send('interrupt_request', {}, 'control', { header: interrupt });
    if (waits) await kernel.until(() => kernel.messagesOf(interrupt.msg_id).includes('idle'));
    const cell = header('execute_request', session, BEFORE);
    kernel.send('execute_request', { code: 'a' }, 'shell', { header: cell });
    await kernel.until(() => kernel.messagesOf(cell.msg_id).includes('idle'));
    expect(kernel.exchange(cell.msg_id).reply).toMatchObject({
      status: 'error',
      ename: 'Interrupted',
    });
    expect(ran).toEqual([]);
  });

  it.each([
    { name: 'the same front end, at once', session: 'one', waits: false },
    { name: 'another front end, a moment later', session: 'other', waits: true },
  ])('lets a cell run that was sent after it by $name', async ({ session, waits }) => {
    const { kernel, ran } = noting();
    const interrupt = header('interrupt_request', 'one', THEN);
    kernel.send('interrupt_request', {}, 'control', { header: interrupt });
    if (waits) await kernel.until(() => kernel.messagesOf(interrupt.msg_id).includes('idle'));
    const cell = header('execute_request', session, AFTER);
    kernel.send('execute_request', { code: 'a' }, 'shell', { header: cell });
    await kernel.until(() => kernel.messagesOf(cell.msg_id).includes('idle'));
    expect(ran).toEqual(['a']);
  });
});

describe('an interrupt whose date tells nothing', () => {
  it.each([
    ['the same one', THEN],
    ['none', undefined],
    ['no date', 'yesterday'],
  ])('lets later cells run: %s', async (_, date) => {
    const { kernel, ran } = noting();
    const interrupt = header('interrupt_request', 'one', THEN);
    kernel.send('interrupt_request', {}, 'control', { header: interrupt });
    await kernel.until(() => kernel.messagesOf(interrupt.msg_id).includes('idle'));
    const cell = { ...header('execute_request', 'one', THEN), date: date as string };
    kernel.send('execute_request', { code: 'a' }, 'shell', { header: cell });
    await kernel.until(() => kernel.messagesOf(cell.msg_id).includes('idle'));
    expect(ran).toEqual(['a']);
  });
});

describe('an interrupt', () => {
  it('ends a cell at once that waits for the runtime', async () => {
    const slow = gate();
    const kernel = new TestKernel({ startsAfter: slow.opened });
    const cell = kernel.execute('a');
    await kernel.request('interrupt_request', {}, 'control');
    expect((await cell).reply).toMatchObject({ status: 'error', ename: 'Interrupted' });
    slow.open();
    expect((await kernel.execute('b')).reply['status']).toBe('ok');
  });

  it('aborts the cells behind one whose code has just ended', async () => {
    const measured = gate();
    const { kernel, ran } = noting({
      energy: {
        beginCell: () => undefined,
        endCell: () => measured.opened.then(() => undefined),
        methods: [],
        handle: () => Promise.resolve(undefined),
      },
    });
    const first = kernel.execute('a');
    const second = kernel.execute('b');
    await expect.poll(() => ran).toEqual(['a']);
    await kernel.request('interrupt_request', {}, 'control');
    measured.open();
    expect((await first).reply['status']).toBe('ok');
    expect((await second).reply['status']).toBe('aborted');
    expect(ran).toEqual(['a']);
  });

  it('lets the cells run behind one that ends well in spite of it', async () => {
    const begun = gate();
    const stopped = gate();
    const kernel = new TestKernel({
      cells: {
        training: async () => {
          begun.open();
          await stopped.opened;
          return undefined;
        },
      },
      runtime: {
        interrupt: () => {
          stopped.open();
          return Promise.resolve();
        },
      },
    });
    const first = kernel.execute('training');
    const second = kernel.execute('b');
    await begun.opened;
    await kernel.request('interrupt_request', {}, 'control');
    expect((await first).reply['status']).toBe('ok');
    expect((await second).reply['status']).toBe('ok');
  });
});
