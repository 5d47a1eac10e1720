import { describe, expect, it } from 'vitest';
import { Scanner, type Token } from './tokens';
import { splitList, splitWords, unquote, wordFrom } from './words';

function words(code: string) {
  const scanner = new Scanner(code);
  const tokens: Token[] = [];
  for (let token = scanner.next(); token; token = scanner.next()) tokens.push(token);
  return splitWords(code, tokens);
}
const texts = (code: string): string[] => words(code).map(({ text }) => text);

describe('words', () => {
  it.each([
    ['int8 model --as small', ['int8', 'model', '--as', 'small']],
    ['x.slice([0, 0], [10, 4]) --as q', ['x.slice([0, 0], [10, 4])', '--as', 'q']],
    ['fp32, bf16 ,fp16 model', ['fp32, bf16 ,fp16', 'model']],
    ['--data x,y --batch-size 4', ['--data', 'x,y', '--batch-size', '4']],
    ['--data x, --batch-size 4', ['--data', 'x,', '--batch-size', '4']],
    ['--pue=1.2 p=f32,c=f16', ['--pue=1.2', 'p=f32,c=f16']],
    ['"a b" \'c d\' `e ${f + g} h`', ['"a b"', "'c d'", '`e ${f + g} h`']],
    ['f(a)(b) c', ['f(a)(b)', 'c']],
    ['{ a: 1 } [1, 2] (3)', ['{ a: 1 }', '[1, 2]', '(3)']],
  ])('split %j', (code, expected) => {
    expect(texts(code)).toEqual(expected);
  });

  it('know their places', () => {
    const code = 'int8 f(a, b) --as q';
    for (const { text, start, end } of words(code)) expect(code.slice(start, end)).toBe(text);
  });

  it('split lists outside of brackets only', () => {
    const [word] = words('x , f(a, b),[1, 2]');
    expect(word && splitList(word).map(({ text, start }) => [text, start])).toEqual([
      ['x', 0],
      ['f(a, b)', 4],
      ['[1, 2]', 12],
    ]);
  });

  it('tell an empty item of a list', () => {
    const [word] = words('x,');
    expect(word && splitList(word).map(({ text }) => text)).toEqual(['x', '']);
  });

  it('can be cut, with their tokens', () => {
    const [word] = words('--data=x,y');
    const value = word && wordFrom(word, 7);
    expect(value?.text).toBe('x,y');
    expect(value?.tokens.map(({ text }) => text)).toEqual(['x', ',', 'y']);
  });

  it.each([
    ['"FRA"', 'FRA'],
    ["'it\\'s'", "it's"],
    ['FRA', 'FRA'],
    ['"', '"'],
  ])('lose their quotes: %j', (text, expected) => {
    expect(unquote(text)).toBe(expected);
  });
});
