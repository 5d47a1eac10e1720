import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

describe('%graph', () => {
  it('asks for the graph of a model', async () => {
    const { calls } = await record('const model = 1;\n%graph model');
    expect(calls).toEqual([{ name: 'plotModel', args: [1] }]);
  });

  it('passes the color on', async () => {
    const { calls } = await record('const small = 1;\n%graph small --color error');
    expect(calls).toEqual([{ name: 'plotModel', args: [1, { color: 'error' }] }]);
  });

  it('refuses what there is none of', () => {
    expect(refusal('%graph')).toContain('model');
    expect(refusal('%graph m --color red')).toContain('Allowed: format, error, bytes');
  });
});
