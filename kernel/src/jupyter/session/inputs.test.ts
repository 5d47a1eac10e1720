import { describe, expect, it } from 'vitest';
import { gate, result, TestKernel } from '../../../../test/support/test-kernel';
import type { CellScript, TestKernelOptions } from '../../../../test/support/test-kernel';

/** A kernel whose cell `ask` shows what the user answers to each prompt. */
function asking(prompts: readonly object[], options: TestKernelOptions = {}): TestKernel {
  const ask: CellScript = async (emit, { requestId }) => {
    const answers = prompts.map(async (prompt) =>
      kernel.events?.call(requestId, 'input.request', prompt),
    );
    for (const answer of await Promise.allSettled(answers)) {
      emit(result(answer.status === 'fulfilled' ? String(answer.value) : String(answer.reason)));
    }
    return undefined;
  };
  const kernel: TestKernel = new TestKernel({ cells: { ask }, ...options });
  return kernel;
}

function shown(exchange: Awaited<ReturnType<TestKernel['execute']>>): unknown[] {
  return exchange.outputs.map(({ content }) => (content['data'] as object as never)['text/plain']);
}

const allow_stdin = true;

describe('input', () => {
  it('asks the front end that sent the cell and gives its answer to the cell', async () => {
    const kernel = asking([{ prompt: 'Name? ' }]);
    const running = kernel.execute('ask', { allow_stdin });
    expect(await kernel.answer(1, 'Ada')).toEqual({ prompt: 'Name? ', password: false });
    const done = await running;
    expect(shown(done)).toEqual(['Ada']);
    expect(kernel.questions[0]?.request.header.msg_id).toBe(done.id);
    expect(done.order).toEqual([
      'busy',
      'execute_input',
      'input_request',
      'execute_result',
      'execute_reply',
      'idle',
    ]);
  });

  it('asks two questions one after the other', async () => {
    const kernel = asking([{ prompt: 'one' }, { prompt: 'two', password: true }]);
    const running = kernel.execute('ask', { allow_stdin });
    await kernel.answer(1, '1');
    expect(await kernel.answer(2, '2')).toEqual({ prompt: 'two', password: true });
    expect(shown(await running)).toEqual(['1', '2']);
  });

  it('says why when the front end allows no questions', async () => {
    const [text] = shown(await asking([{}]).execute('ask', { allow_stdin: false }));
    expect(text).toContain("The user can't be asked for input: the front end allows no questions");
  });

  it('says why when the front end listens to no questions', async () => {
    const kernel = asking([{}], { listensToStdin: false });
    const [text] = shown(await kernel.execute('ask', { allow_stdin }));
    expect(text).toContain('the front end listens on no stdin socket');
  });

  it('refuses an answer that is no text', async () => {
    const kernel = asking([{}]);
    const running = kernel.execute('ask', { allow_stdin });
    await kernel.answer(1, 7);
    expect(shown(await running)[0]).toContain('input_reply: "value" is 7, expected a string');
  });

  it('gives up when the cell ends first, and ignores the answer that comes then', async () => {
    const end = gate();
    const failed: unknown[] = [];
    const kernel: TestKernel = new TestKernel({
      cells: {
        leaves: async (_emit, { requestId }) => {
          kernel.events?.call(requestId, 'input.request', {}).catch((e: unknown) => failed.push(e));
          await end.opened;
          return undefined;
        },
      },
    });
    const running = kernel.execute('leaves', { allow_stdin });
    await kernel.until(() => kernel.questions.length === 1);
    end.open();
    const { id } = await running;
    expect(failed.map(String)).toEqual([expect.stringContaining('has ended')]);
    await kernel.answer(1, 'late');
    await expect(kernel.events?.call(id, 'input.request', {})).rejects.toThrow('has ended');
  });
});
