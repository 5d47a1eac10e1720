import { describe, expect, it } from 'vitest';
import type { Completion } from '../../runtime/contract';
import { gate, TestKernel } from '../../../../test/support/test-kernel';

describe('a session', () => {
  it('answers kernel_info before the runtime is made', async () => {
    const kernel = new TestKernel();
    const { reply, order } = await kernel.request('kernel_info_request');
    expect(kernel.runtimesMade).toBe(0);
    expect(order).toEqual(['busy', 'kernel_info_reply', 'idle']);
    expect(reply).toMatchObject({
      status: 'ok',
      protocol_version: '5.5',
      language_info: { name: 'typescript', version: '5.9.3', file_extension: '.ts' },
      debugger: true,
      supported_features: ['debugger'],
    });
  });

  it('completes while a cell runs, and still looks busy', async () => {
    const cell = gate();
    const kernel = new TestKernel({
      cells: { slow: () => cell.opened.then(() => undefined) },
    });
    const running = kernel.send('execute_request', { code: 'slow' });
    await kernel.request('complete_request', { code: 'x', cursor_pos: 1 });
    const states = kernel.sent.flatMap((sent) =>
      sent.to === 'iopub' && sent.message.type === 'status' ? [sent.message] : [],
    );
    expect(states.at(-1)?.content).toEqual({ execution_state: 'busy' });
    expect(states.at(-1)?.parent?.msg_id).toBe(running);
    cell.open();
    await kernel.until(() => kernel.messagesOf(running).at(-1) === 'idle');
  });

  it('counts the cursor in code points', async () => {
    let asked = -1;
    const kernel = new TestKernel({
      runtime: {
        complete: (_code, offset): Promise<Completion> => {
          asked = offset;
          return Promise.resolve({ matches: ['abs'], types: ['method'], start: 9, end: 11 });
        },
      },
    });
    // The emoji is one code point and two code units.
    const { reply } = await kernel.request('complete_request', {
      code: "'😀';Math.ab",
      cursor_pos: 11,
    });
    expect(asked).toBe(12);
    expect(reply).toEqual({
      status: 'ok',
      matches: ['abs'],
      cursor_start: 8,
      cursor_end: 10,
      metadata: {
        _jupyter_types_experimental: [{ start: 8, end: 10, text: 'abs', type: 'method' }],
      },
    });
  });

  it('completes in the expanded code and answers in places of the cell', async () => {
    let asked = ['', ''];
    const kernel = new TestKernel({
      macros: {
        // '%m' on the first line became 'expanded();', nine characters more.
        view: (code, offset) => ({
          code: code.replace('%m', 'expanded();'),
          offset: offset + 9,
          start: 11,
          toSource: (at) => at - 9,
        }),
      },
      runtime: {
        complete: (code, offset): Promise<Completion> => {
          asked = [code.slice(0, offset), code.slice(offset)];
          return Promise.resolve({ matches: [], types: [], start: offset - 2, end: offset });
        },
      },
    });
    const { reply } = await kernel.request('complete_request', { code: '%m\nab;', cursor_pos: 5 });
    expect(asked).toEqual(['expanded();\nab', ';']);
    expect(reply).toMatchObject({ cursor_start: 3, cursor_end: 5 });
  });

  it('lets magics complete and inspect themselves without a runtime', async () => {
    const kernel = new TestKernel({
      macros: {
        complete: () => ({ matches: ['bf16'], types: ['value'], start: 11, end: 12 }),
        inspect: () => ({ 'text/plain': 'Sets the precision.' }),
      },
    });
    const complete = await kernel.request('complete_request', { code: '%precision b' });
    expect(complete.reply['matches']).toEqual(['bf16']);
    const inspect = await kernel.request('inspect_request', { code: '%precision', cursor_pos: 3 });
    expect(inspect.reply).toMatchObject({
      found: true,
      data: { 'text/plain': 'Sets the precision.' },
    });
    expect(kernel.runtimesMade).toBe(0);
  });

  it('shows a wrong magic as an error of the cell and runs nothing', async () => {
    const error = { ename: 'MagicError', evalue: 'line 1: unknown magic %x', traceback: ['...'] };
    const kernel = new TestKernel({
      macros: { expand: () => ({ ok: false, error: { ...error, isIncomplete: false } }) },
    });
    const { reply, outputs } = await kernel.execute('%x');
    expect(outputs.map(({ type, content }) => [type, content])).toEqual([['error', error]]);
    expect(reply).toMatchObject({ status: 'error', ...error });
    expect(kernel.runtimesMade).toBe(0);
    const complete = await kernel.request('is_complete_request', { code: '%x' });
    expect(complete.reply).toEqual({ status: 'complete' });
  });

  it('waits for the rest of a cell that is only a cell magic yet', async () => {
    const kernel = new TestKernel({
      macros: { expand: (code) => ({ ok: true, code, lacksBody: true }) },
    });
    const { reply } = await kernel.request('is_complete_request', { code: '%%m' });
    expect(reply).toEqual({ status: 'incomplete', indent: '' });
  });

  it('says that nothing was found to inspect', async () => {
    const { reply } = await new TestKernel().request('inspect_request', {
      code: 'nothing',
      cursor_pos: 3,
    });
    expect(reply).toEqual({ status: 'ok', found: false, data: {}, metadata: {} });
  });

  it('passes on whether code is complete, with its indent', async () => {
    const kernel = new TestKernel({
      runtime: { isComplete: () => Promise.resolve({ status: 'incomplete', indent: '  ' }) },
    });
    const { reply } = await kernel.request('is_complete_request', { code: 'function f() {' });
    expect(reply).toEqual({ status: 'incomplete', indent: '  ' });
  });

  it('closes a comm with an unknown target', async () => {
    const kernel = new TestKernel();
    const { outputs, order } = await kernel.request('comm_open', {
      comm_id: 'c1',
      target_name: 'jupyter.widget',
      data: {},
    });
    expect(order).toEqual(['busy', 'comm_close', 'idle']);
    expect(outputs[0]?.content).toEqual({ comm_id: 'c1', data: {} });
    const { reply } = await kernel.request('comm_info_request');
    expect(reply).toEqual({ status: 'ok', comms: {} });
  });

  it('interrupts the running cell over the control channel', async () => {
    const cell = gate();
    const begun = gate();
    const kernel = new TestKernel({
      cells: {
        loop: async () => {
          begun.open();
          await cell.opened;
          return {
            status: 'error',
            error: { ename: 'InterruptError', evalue: 'Interrupted', traceback: [] },
          };
        },
      },
      runtime: {
        interrupt: () => {
          cell.open();
          return Promise.resolve();
        },
      },
    });
    const running = kernel.execute('loop');
    await begun.opened;
    const { reply } = await kernel.request('interrupt_request', {}, 'control');
    expect(reply).toEqual({ status: 'ok' });
    expect((await running).reply['ename']).toBe('InterruptError');
  });

  it('replies to a shutdown, tells all front ends, then ends the cell process', async () => {
    const kernel = new TestKernel();
    await kernel.execute('1');
    const { reply } = await kernel.request('shutdown_request', { restart: true }, 'control');
    expect(reply).toEqual({ status: 'ok', restart: true });
    await expect.poll(() => kernel.closed).toEqual(['runtime', 'session']);
    expect(kernel.sent.at(-1)?.message).toEqual({
      type: 'shutdown_reply',
      content: { status: 'ok', restart: true },
      parent: undefined,
    });
  });

  it('ignores an unknown request but for busy and idle', async () => {
    const { order } = await new TestKernel().request('subshell_request');
    expect(order).toEqual(['busy', 'idle']);
  });

  it('answers a bad request with an error that names the field', async () => {
    const { reply } = await new TestKernel().request('history_request', {
      hist_access_type: 'all',
    });
    expect(reply).toMatchObject({
      status: 'error',
      evalue:
        'history_request: "hist_access_type" is "all", expected one of "tail", "range", "search"',
    });
  });
});
