import { afterEach, describe, expect, it } from 'vitest';
import { HOST, JUPYTER_DISPLAY, type DisplayOutput } from '../host';
import { Progress } from './progress';

const outputs: DisplayOutput[] = [];
const place = globalThis as { [HOST]?: { display(output: DisplayOutput): void } | undefined };

describe('the progress of a long piece of work', () => {
  afterEach(() => {
    place[HOST] = undefined;
    outputs.length = 0;
  });

  it('is one output, updated in place, which ends full', () => {
    place[HOST] = { display: (output) => outputs.push(output) };
    const progress = new Progress('Training', 40);
    for (let run = 1; run <= 40; run++) progress.advance(`run ${run}`);
    expect(new Set(outputs.map(({ displayId }) => displayId)).size).toBe(1);
    expect(outputs.map(({ update }) => update)[0]).toBe(false);
    expect(outputs.at(-1)?.data['text/plain']).toMatch(/^Training █{24} 40\/40 .* run 40$/);
    expect(outputs.length).toBeLessThan(40);
  });

  it('keeps name and state apart where a front end drops the bar', () => {
    const html = String(new Progress('Bits', 5)[JUPYTER_DISPLAY]()['text/html']);
    const left = html.replace(/<\/?(?:label|progress)[^>]*>/g, '');
    expect(left).toMatch(/<span>Bits<\/span>\s+<span>0\/5 /);
  });

  it('shows its notes as text, never as HTML', () => {
    const progress = new Progress('<b>fit</b>', 2);
    progress.advance('<script>');
    const html = String(progress[JUPYTER_DISPLAY]()['text/html']);
    expect(html).toContain('&lt;b&gt;fit&lt;/b&gt;');
    expect(html).not.toContain('<script>');
    expect(html).toContain('value="1"');
  });
});
