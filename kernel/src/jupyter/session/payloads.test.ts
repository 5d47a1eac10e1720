import { describe, expect, it } from 'vitest';
import { TestKernel } from '../../../../test/support/test-kernel';
import type { CellScript } from '../../../../test/support/test-kernel';

/** A cell that makes these calls and tells what came of the last. */
function calling(kernel: () => TestKernel, ...calls: [string, unknown][]): CellScript {
  return async (_emit, { requestId }) => {
    for (const [method, params] of calls) {
      await kernel().events?.call(requestId, method, params);
    }
    return undefined;
  };
}

describe('payloads', () => {
  it('reach the reply of the cell that added them, and no other', async () => {
    const next = { source: 'set_next_input', text: 'let x = 1', replace: true };
    const page = { source: 'page', data: { 'text/plain': 'help' } };
    const kernel: TestKernel = new TestKernel({
      cells: { load: calling(() => kernel, ['payload.add', next], ['payload.add', page]) },
    });
    const { reply } = await kernel.execute('load');
    expect(reply['payload']).toEqual([next, { ...page, start: 0 }]);
    expect((await kernel.execute('other')).reply['payload']).toEqual([]);
  });

  it('fill one next cell: the last one asked for counts', async () => {
    const next = (text: string): [string, unknown] => [
      'payload.add',
      { source: 'set_next_input', text },
    ];
    const kernel: TestKernel = new TestKernel({
      cells: { load: calling(() => kernel, next('first'), next('second')) },
    });
    expect((await kernel.execute('load')).reply['payload']).toEqual([
      { source: 'set_next_input', text: 'second', replace: false },
    ]);
  });

  it('come from the cell process as an output too', async () => {
    const kernel = new TestKernel({
      cells: {
        load: (emit) => {
          emit({ kind: 'next-input', text: 'loaded', replace: false });
          return undefined;
        },
      },
    });
    expect((await kernel.execute('load')).reply['payload']).toEqual([
      { source: 'set_next_input', text: 'loaded', replace: false },
    ]);
  });

  it('are refused when front ends know them not, or when the cell has ended', async () => {
    const kernel = new TestKernel();
    const { id } = await kernel.execute('1');
    await expect(kernel.events?.call(id, 'payload.add', { source: 'exit' })).rejects.toThrow(
      'payload.add: "source" is "exit", expected one of "set_next_input", "page"',
    );
    const late = { source: 'set_next_input', text: 'x' };
    await expect(kernel.events?.call(id, 'payload.add', late)).rejects.toThrow(
      'The cell has ended',
    );
  });

  it('leave an unknown call with the names that are answered', async () => {
    const kernel = new TestKernel();
    const { id } = await kernel.execute('1');
    await expect(kernel.events?.call(id, 'payload.ad', {})).rejects.toThrow(
      /no "payload.ad" here[^]*payload.add/,
    );
  });
});
