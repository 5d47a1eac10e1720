import { describe, expect, it } from 'vitest';
import {
  boom,
  gate,
  result,
  stderr,
  stdout,
  TestKernel,
} from '../../../../test/support/test-kernel';

describe('execute_request', () => {
  it('announces busy and the input, then outputs, reply and idle, in this order', async () => {
    const kernel = new TestKernel({
      cells: {
        cell: (emit) => {
          emit(stdout('ab'));
          emit(result('42'));
          return undefined;
        },
      },
    });
    const { order, outputs, reply } = await kernel.execute('cell');
    expect(order).toEqual([
      'busy',
      'execute_input',
      'stream',
      'execute_result',
      'execute_reply',
      'idle',
    ]);
    expect(outputs.map(({ content }) => content)).toEqual([
      { name: 'stdout', text: 'ab' },
      { execution_count: 1, data: { 'text/plain': '42' }, metadata: {} },
    ]);
    expect(reply).toEqual({
      status: 'ok',
      execution_count: 1,
      user_expressions: {},
      payload: [],
    });
  });

  it('keeps the order of stdout and stderr', async () => {
    const kernel = new TestKernel({
      cells: {
        cell: (emit) => {
          [stdout('1'), stderr('2'), stdout('3')].forEach(emit);
          return undefined;
        },
      },
    });
    const { outputs } = await kernel.execute('cell');
    expect(outputs.map(({ content }) => content['text'])).toEqual(['1', '2', '3']);
  });

  it('sends an error and repeats it in the reply', async () => {
    const kernel = new TestKernel({ cells: { boom } });
    const { order, outputs, reply } = await kernel.execute('boom');
    expect(order).toEqual(['busy', 'execute_input', 'error', 'execute_reply', 'idle']);
    const error = {
      ename: 'Error',
      evalue: 'boom',
      traceback: ['Error: boom', '  at cell[1]:1:7'],
    };
    expect(outputs[0]?.content).toEqual(error);
    expect(reply).toMatchObject({ status: 'error', execution_count: 1, ...error });
  });

  it('says nothing but busy and idle when silent, and counts nothing', async () => {
    const kernel = new TestKernel({
      cells: {
        cell: (emit) => {
          [stdout('a'), result('1')].forEach(emit);
          return undefined;
        },
      },
    });
    const { order } = await kernel.execute('cell', { silent: true });
    expect(order).toEqual(['busy', 'execute_reply', 'idle']);
    const next = await kernel.execute('x');
    expect(next.reply['execution_count']).toBe(1);
  });

  it('does not count or remember a cell with store_history false', async () => {
    const kernel = new TestKernel();
    await kernel.execute('hidden', { store_history: false });
    await kernel.execute('shown');
    const { reply } = await kernel.request('history_request', { hist_access_type: 'tail' });
    expect(reply['history']).toEqual([[1, 1, 'shown']]);
  });

  it('evaluates user expressions after the cell', async () => {
    const kernel = new TestKernel({
      runtime: {
        evaluate: (expression) =>
          Promise.resolve(
            expression === 'bad'
              ? { ename: 'ReferenceError', evalue: 'bad is not defined', traceback: [] }
              : { data: { 'text/plain': '2' } },
          ),
      },
    });
    const { reply } = await kernel.execute('', { user_expressions: { a: '1 + 1', b: 'bad' } });
    expect(reply['user_expressions']).toEqual({
      a: { status: 'ok', data: { 'text/plain': '2' }, metadata: {} },
      b: { status: 'error', ename: 'ReferenceError', evalue: 'bad is not defined', traceback: [] },
    });
  });

  it('gives a late output the parent it belongs to', async () => {
    const late = gate();
    const kernel = new TestKernel({
      cells: {
        timer: (emit) => {
          void late.opened.then(() => {
            emit(result('late'));
          });
          return undefined;
        },
      },
    });
    const first = await kernel.execute('timer');
    await kernel.execute('other');
    late.open();
    await kernel.until(() => kernel.messagesOf(first.id).includes('execute_result'));
    expect(kernel.messagesOf(first.id).slice(-2)).toEqual(['idle', 'execute_result']);
    expect(kernel.exchange(first.id).outputs[0]?.content['execution_count']).toBe(1);
  });

  it('shows a display, its update and a clear', async () => {
    const data = { 'text/html': '<b>x</b>' };
    const kernel = new TestKernel({
      cells: {
        cell: (emit) => {
          emit({ kind: 'display', output: { data, displayId: 'd', update: false } });
          emit({ kind: 'display', output: { data, displayId: 'd', update: true } });
          emit({ kind: 'clear', wait: true });
          return undefined;
        },
      },
    });
    const { outputs } = await kernel.execute('cell');
    const content = { data, metadata: {}, transient: { display_id: 'd' } };
    expect(outputs.map(({ type, content }) => ({ type, content }))).toEqual([
      { type: 'display_data', content },
      { type: 'update_display_data', content },
      { type: 'clear_output', content: { wait: true } },
    ]);
  });

  it('answers a request without code by naming the field', async () => {
    const { reply, order } = await new TestKernel().request('execute_request', { code: 7 });
    expect(order).toEqual(['busy', 'execute_reply', 'idle']);
    expect(reply).toMatchObject({
      status: 'error',
      evalue: 'execute_request: "code" is 7, expected a string',
    });
  });

  it('reports a runtime that does not start, and tries again at the next cell', async () => {
    const kernel = new TestKernel({ failStarts: 1 });
    const first = await kernel.execute('1');
    expect(first.reply).toMatchObject({ status: 'error', evalue: 'no TypeScript here' });
    const second = await kernel.execute('1');
    expect(second.reply['status']).toBe('ok');
  });
});
