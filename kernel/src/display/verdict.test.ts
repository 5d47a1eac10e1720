import { expect, it } from 'vitest';
import { howFound, verdict } from './verdict';
import { worstFirst } from './worst-first';

it('says the sentence, then the cell to run next, escaped', () => {
  const { html, text } = verdict({
    sentence: 'a < b',
    tone: 'problem',
    next: '%quantize int8 model --name "<x>"',
  });
  expect(html).toMatch(/<strong>a &lt; b<\/strong>.*Next: <code[^>]*>%quantize[^<]*&lt;x&gt;/s);
  expect(text).toBe('a < b\nNext: %quantize int8 model --name "<x>"');
  expect(verdict({ sentence: 'a', tone: 'good', next: 'one;\ntwo;' }).text).toBe(
    'a\nNext: one;\ntwo;',
  );
});

const COLUMNS = [{ header: 'Layer' }, { header: 'Error' }];
const rows = (count: number): string[][] =>
  Array.from({ length: count }, (_, i) => [`layer_${i}`, String(i)]);
const worst = (count: number): number[] => rows(count).map((_, i) => count - 1 - i);

it('shows five, the worst first, and all below a fold', () => {
  const options = { what: 'layers', order: 'largest error first', caption: 'Errors' };
  const { html, text } = worstFirst(COLUMNS, rows(8), worst(8), options);
  const [few = '', all = ''] = html.split('<details>');
  expect(few.match(/layer_\d/g)).toEqual(['layer_7', 'layer_6', 'layer_5', 'layer_4', 'layer_3']);
  expect(few).toContain('Errors: 5 of 8 layers, largest error first');
  expect(all).toContain('All 8 layers');
  expect(all.match(/layer_\d/g)).toEqual(rows(8).map(([name]) => name));
  expect(text.match(/layer_\d/g)).toHaveLength(8);
});

it('folds nothing for a single row', () => {
  const { html } = worstFirst(COLUMNS, rows(6), worst(6), { what: 'layers', order: '' });
  expect(html).not.toContain('<details>');
});

it('keeps totals below the few and below all', () => {
  const foot = [['total', '28']];
  const { html } = worstFirst(COLUMNS, rows(8), worst(8), { what: 'layers', order: '', foot });
  const [few = '', all = ''] = html.split('<details>');
  for (const part of [few, all]) expect(part).toMatch(/layer_\d.*total/s);
  const whole = worstFirst(COLUMNS, rows(3), worst(3), { what: 'layers', order: '', foot });
  expect(whole.text).toMatch(/layer_2.*total/s);
});

it('keeps how figures were found below a fold, and nothing where there is nothing to say', () => {
  expect(howFound(['By trials.']).html).toMatch(
    /<details><summary.*How this was found.*By trials/s,
  );
  expect(howFound([])).toEqual({ html: '', text: '' });
});
