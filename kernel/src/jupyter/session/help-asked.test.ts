import { describe, expect, it } from 'vitest';
import { TestKernel } from '../../../../test/support/test-kernel';
import { helpAsked } from './help-asked';

describe('a question about a name', () => {
  it.each([
    ['tf.layers.dense?', 'tf.layers.dense', 0],
    ['?tf.layers.dense', 'tf.layers.dense', 0],
    ['  model?? \n', 'model', 1],
    ['??model', 'model', 1],
    ['$größe?;', '$größe', 0],
  ])('%j asks for help', (code, name, detail) => {
    expect(helpAsked(code)).toEqual({ name, detail });
  });

  it.each([
    'a',
    'a ? b : c',
    'a?.b',
    'a ?? b',
    '1?',
    'f()?',
    '?',
    'a?\nb',
    '?a?',
    '%time?',
    'a b?',
  ])('%j is a cell like others', (code) => {
    expect(helpAsked(code)).toBeUndefined();
  });

  it('is answered with what Shift-Tab shows, and is a whole cell', async () => {
    const asked: unknown[] = [];
    const kernel = new TestKernel({
      runtime: {
        inspect: (...question) => {
          asked.push(question);
          return Promise.resolve({ 'text/plain': 'function dense(): Layer' });
        },
      },
    });
    const { outputs, reply } = await kernel.execute('tf.layers.dense??');
    expect(reply['status']).toBe('ok');
    expect(outputs.map(({ content }) => content['data'])).toEqual([
      { 'text/plain': 'function dense(): Layer' },
    ]);
    expect(asked).toEqual([['tf.layers.dense', 15, 1]]);
    const complete = await kernel.request('is_complete_request', { code: 'tf.layers.dense?' });
    expect(complete.reply['status']).toBe('complete');
  });

  it('is refused for a name that nobody knows', async () => {
    const kernel = new TestKernel({ runtime: { inspect: () => Promise.resolve(undefined) } });
    const { reply } = await kernel.execute('nobody?');
    expect(reply).toMatchObject({ status: 'error', ename: 'HelpError' });
    expect(reply['evalue']).toContain('"nobody"');
  });
});
