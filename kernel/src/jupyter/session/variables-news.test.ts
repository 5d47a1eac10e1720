import { describe, expect, it, vi } from 'vitest';
import { gate, TestKernel } from '../../../../test/support/test-kernel';
import { VARIABLES_TARGET, variablesMessage, type VariablesMessage } from '../../payloads/comms';

const open = (comm_id: string, data: object = {}) => ({
  ...{ comm_id, target_name: VARIABLES_TARGET, data },
});
const row = { name: 'x', kind: 'data', type: 'number', shape: null, format: 'fp64', bytes: 8 };
const rows = [{ ...row, text: '1' }];

function told(kernel: TestKernel, id: string): VariablesMessage[] {
  return kernel.sent.flatMap(({ to, message }) => {
    const isOurs = to === 'iopub' && message.content['comm_id'] === id;
    if (!isOurs || message.type !== 'comm_msg') return [];
    const read = variablesMessage(JSON.parse(JSON.stringify(message.content['data'])));
    if (read === undefined) throw new Error('no message');
    return [read];
  });
}

/** A kernel whose cell process answers at once, or when `answers` opens. */
function setUp(answers: Promise<void> = Promise.resolve()) {
  const asked: unknown[] = [];
  const end = gate();
  const kernel: TestKernel = new TestKernel({
    cells: {
      train: async () => {
        await end.opened;
        return undefined;
      },
    },
    runtime: {
      notify: async (_id, method, params) => {
        expect(method).toBe('variables.ask');
        asked.push(params);
        await answers;
        const { values: name } = params as { values?: string };
        const of = { kind: 'text', text: '1', size: 1 };
        const values = name === undefined ? null : { name, of };
        await kernel.events?.call('', 'variables.tell', { rows, hidden: 0, values });
      },
    },
  });
  return { kernel, asked, end };
}

describe('the variables of a notebook', () => {
  it('are told to a page that opens its list, and after each cell, and to nobody else', async () => {
    const { kernel, asked } = setUp();
    await kernel.execute('1');
    expect(asked).toEqual([]);
    await kernel.request('comm_open', open('a'));
    await kernel.until(() => told(kernel, 'a').length === 2);
    expect(told(kernel, 'a')).toMatchObject([{ rows: null }, { rows, busy: false }]);
    await kernel.execute('2');
    await kernel.until(() => told(kernel, 'a').length === 3);
    await kernel.request('comm_close', { comm_id: 'a', data: {} });
    await kernel.execute('3');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(asked).toHaveLength(2);
  });

  it('are asked for once after cells that follow one another at once', async () => {
    const { kernel, asked } = setUp();
    await kernel.execute('1');
    await kernel.request('comm_open', open('a'));
    await Promise.all(['2', '3', '4', '5'].map((code) => kernel.execute(code)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(asked).toHaveLength(2);
  });

  it('are said to be busy while a cell runs that does not come to answer, and told when it has', async () => {
    const { kernel, end } = setUp();
    await kernel.execute('1');
    await kernel.request('comm_open', open('a'));
    const id = kernel.send('execute_request', { code: 'train' });
    await kernel.until(() => told(kernel, 'a').some(({ busy }) => busy));
    await kernel.request('comm_msg', { comm_id: 'a', data: { values: 'x' } });
    expect(told(kernel, 'a').at(-1)?.values).toEqual({
      ...{ name: 'x', of: { kind: 'none', why: 'busy' } },
    });
    end.open();
    await kernel.until(() => kernel.messagesOf(id).at(-1) === 'idle');
    await kernel.until(() => {
      const last = told(kernel, 'a').at(-1);
      return last?.busy === false && last.rows !== null;
    });
  });

  it('have their values told to the page that has asked', async () => {
    const { kernel } = setUp();
    await kernel.execute('1');
    await kernel.request('comm_open', open('a'));
    await kernel.request('comm_open', open('b'));
    await kernel.request('comm_msg', { comm_id: 'b', data: { values: 'x' } });
    const values = (id: string) => told(kernel, id).flatMap(({ values: one }) => one ?? []);
    await kernel.until(() => values('b').length === 1);
    expect(values('b')).toEqual([{ name: 'x', of: { kind: 'text', text: '1', size: 1 } }]);
    expect(values('a')).toEqual([]);
  });

  it('are gone with the cell process', async () => {
    const { kernel } = setUp();
    await kernel.execute('1');
    await kernel.request('comm_open', open('a'));
    kernel.events?.lost?.();
    await kernel.until(() => told(kernel, 'a').at(-1)?.rows?.length === 0);
  });

  it('start no runtime where none has run', async () => {
    const { kernel, asked } = setUp();
    await kernel.request('comm_open', open('a'));
    expect([asked, kernel.runtimesMade]).toEqual([[], 0]);
    await vi.waitFor(() => {
      expect(told(kernel, 'a')).toHaveLength(1);
    });
  });

  it('that are none are refused', async () => {
    const { kernel } = setUp();
    await kernel.execute('1');
    await expect(kernel.events?.call('', 'variables.tell', { rows: [{}] })).rejects.toThrow(
      'expected { rows, hidden, values }',
    );
  });
});
