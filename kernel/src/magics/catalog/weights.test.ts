import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

describe('%weights', () => {
  it('asks for the histograms of a quantized model', async () => {
    const { calls } = await record('const small = 1;\n%weights small');
    expect(calls).toEqual([{ name: 'weightHistograms', args: [1] }]);
  });

  it('needs a model', () => {
    expect(refusal('%weights')).toContain('model');
  });
});
