import { describe, expect, it } from 'vitest';
import { gate, result, TestKernel } from '../../../../test/support/test-kernel';
import type { CellScript, TestKernelOptions } from '../../../../test/support/test-kernel';
import { JOURNAL_TARGET, type JournalMessage } from '../../payloads/comms';

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

/** What a page that has opened the journal's comm is told. */
function toldTo(kernel: TestKernel, comm: string) {
  return kernel.sent.flatMap((sent) =>
    sent.to === 'iopub' && sent.message.content['comm_id'] === comm
      ? [sent.message.content['data'] as JournalMessage]
      : [],
  );
}

async function opens(kernel: TestKernel, comm: string): Promise<void> {
  const content = { comm_id: comm, target_name: JOURNAL_TARGET, data: {} };
  await kernel.request('comm_open', content);
}

function runs(kernel: TestKernel, code: string): string {
  const metadata = { cellId: 'a' };
  return kernel.send('execute_request', { code, allow_stdin }, 'shell', { metadata });
}

describe('input', () => {
  it('asks a page that comes while a question is open, and the first answer counts', async () => {
    const kernel = asking([{ prompt: 'Name?' }, { prompt: 'Key?', password: true }]);
    const requestId = runs(kernel, 'ask');
    await kernel.until(() => kernel.questions.length === 1);
    await opens(kernel, 'page');
    await opens(kernel, 'other');
    const question = toldTo(kernel, 'page').at(-1)?.question;
    expect(question).toEqual({
      ...{ id: kernel.questions[0]?.id, requestId, prompt: 'Name?', password: false },
    });
    const answer = { id: question?.id, value: 'Ada' };
    await kernel.request('comm_msg', { comm_id: 'page', data: { answer } });
    await kernel.request('comm_msg', { comm_id: 'other', data: { answer } });
    expect(toldTo(kernel, 'other').at(-1)?.question).toMatchObject({ prompt: 'Key?' });
    await kernel.answer(2, 'secret');
    await kernel.until(() => kernel.messagesOf(requestId).at(-1) === 'idle');
    expect(shown(kernel.exchange(requestId))).toEqual(['Ada', 'secret']);
    for (const page of ['page', 'other'])
      expect(toldTo(kernel, page).at(-1)).toEqual({ question: null });
    await opens(kernel, 'later');
    const [first] = toldTo(kernel, 'later');
    expect(first?.run?.outputs[0]?.content['text']).toBe('Name? Ada\nKey? ········\n');
    expect(toldTo(kernel, 'later').at(-1)).toEqual({ run: null });
  });

  it('asks a page that is there where the one that sent the cell is gone', async () => {
    const kernel = asking([{ prompt: 'Name?' }], { listensToStdin: false });
    await opens(kernel, 'page');
    const requestId = runs(kernel, 'ask');
    await kernel.until(() => toldTo(kernel, 'page').at(-1)?.question?.prompt === 'Name?');
    const answer = { id: toldTo(kernel, 'page').at(-1)?.question?.id, value: 'Ada' };
    await kernel.request('comm_msg', { comm_id: 'page', data: { answer } });
    await kernel.until(() => kernel.messagesOf(requestId).at(-1) === 'idle');
    expect(shown(kernel.exchange(requestId))).toEqual(['Ada']);
  });

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
