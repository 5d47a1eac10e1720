import { expect, it } from 'vitest';
import { Progress } from './progress';

it('is a line per cell where there is no terminal', () => {
  let text = '';
  const progress = new Progress(12, { write: (more) => (text += more) });
  progress.begin('const x = 1');
  progress.end('const x = 1', 1.5, 'ok');
  expect(text).toBe('[ 1/12] ok        1.50 s  const x = 1\n');
});

it('draws a bar on a terminal, and no line longer than that', () => {
  let text = '';
  const terminal = { isTTY: true, columns: 50, write: (more: string) => (text += more) };
  const progress = new Progress(2, terminal);
  progress.begin('first');
  progress.end('first', 0.2, 'ok');
  progress.begin('x'.repeat(300));
  progress.end('x'.repeat(300), 0.2, 'failed');
  expect(text).toContain('░░░░░░░░░░░░░░░░░░░░ 0/2 0 s  first');
  expect(text).toContain('██████████░░░░░░░░░░ 1/2');
  const lines = text.split(/[\r\n]/).map((line) => line.replace('\u001b[2K', ''));
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(50);
});
