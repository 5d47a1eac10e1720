import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

describe('%save', () => {
  it('saves a result to a file', async () => {
    const { calls } = await record('const r = 1;\n%save r paper/a.tex');
    expect(calls).toEqual([{ name: 'save', args: [1, 'paper/a.tex'] }]);
  });

  it('passes on which figure, how wide, how fine, and without color', async () => {
    const { calls } = await record(
      'const r = 1;\n%save r a.png --figure 2 --width text --dpi 300 --greyscale',
    );
    expect(calls[0]?.args[2]).toEqual({ figure: 2, width: 'text', dpi: 300, greyscale: true });
  });

  it('refuses what there is none of', () => {
    expect(refusal('%save r')).toContain('path');
    expect(refusal('%save r a.png --figure 0')).toContain('integer >= 1');
    expect(refusal('%save r a.png --width page')).toContain('Allowed: column, text');
  });
});
