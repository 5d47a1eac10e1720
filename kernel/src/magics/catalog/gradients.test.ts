import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

const only = async (cell: string) => (await record(cell)).calls;

describe('%gradients', () => {
  it('starts and stops recording', async () => {
    expect(await only('%gradients on')).toEqual([{ name: 'recordGradients', args: [true] }]);
    expect(await only('%gradients on --every 10')).toEqual([
      { name: 'recordGradients', args: [true, { every: 10 }] },
    ]);
    expect(await only('%gradients off')).toEqual([{ name: 'recordGradients', args: [false] }]);
  });

  it('records what is asked for, and follows the training on demand', async () => {
    expect(await only('%gradients on --live --of gradients,activations')).toEqual([
      { name: 'recordGradients', args: [true, { of: ['gradients', 'activations'], live: true }] },
    ]);
    expect(refusal('%gradients on --of biases')).toContain(
      'Allowed: gradients, weights, activations, activation-gradients',
    );
    expect(refusal('%gradients off --live')).toContain('--live has no meaning with off');
  });

  it('shows what was recorded, by default', async () => {
    const shown = [{ name: 'gradientRanges', args: [] }];
    expect(await only('%gradients show')).toEqual(shown);
    expect(await only('%gradients')).toEqual(shown);
  });

  it('keeps a recording, and shows it beside a later one', async () => {
    expect(await only('%gradients show --as before')).toEqual([
      { name: 'gradientRanges', args: [] },
    ]);
    const { calls } = await record('%gradients show --against before', { before: 'kept' });
    expect(calls).toEqual([
      { name: 'gradientRanges', args: [] },
      { name: 'compareGradients', args: ['kept', 'made by gradientRanges'] },
    ]);
    expect(refusal('%gradients on --as before')).toContain('--as has no meaning with on');
    expect(refusal('%gradients off --against before')).toContain('belongs to `%gradients show`');
  });

  it('displays only what is to be seen in the middle of a cell', async () => {
    expect((await only('%gradients on\n0;')).map(({ name }) => name)).toEqual(['recordGradients']);
    expect((await only('%gradients\n0;')).map(({ name }) => name)).toEqual([
      'gradientRanges',
      'display',
    ]);
  });

  it('refuses --every where nothing is recorded, and what is no count', () => {
    expect(refusal('%gradients show --every 3')).toContain('belongs to `%gradients on`');
    expect(refusal('%gradients on --every x')).toContain('integer >= 1');
    expect(refusal('%gradients on --every -1')).toContain('integer >= 1');
    expect(refusal('%gradients plot')).toContain('Allowed: on, off, show');
  });
});
