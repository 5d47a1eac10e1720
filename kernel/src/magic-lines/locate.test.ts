import { describe, expect, it } from 'vitest';
import { locateMagics } from './locate';

const KNOWN = new Set(['precision', 'time', 'carbon']);
const locate = (code: string) => locateMagics(code, (name) => KNOWN.has(name));
const found = (code: string): string[] =>
  locate(code).map(({ start, end }) => code.slice(start, end));

describe('a magic is found', () => {
  it.each([
    ['first in the cell', '%precision fp16\nx', ['%precision fp16']],
    ['indented', '  %time f()', ['%time f()']],
    ['after a statement', 'f();\n%time g()\nh()', ['%time g()']],
    ['after a statement without a semicolon', 'const x = 7\n%precision fp16', ['%precision fp16']],
    ['after a call', 'f(x)\n%time g()', ['%time g()']],
    ['after a block', 'if (x) { f() }\n%time g()', ['%time g()']],
    ['after a type', 'type A = Array<number>\n%time g()', ['%time g()']],
    ['after do and while', 'do { f() } while (x)\n%time g()', ['%time g()']],
    ['after a comment', 'f() // %time\n/* %time */\n%time g()', ['%time g()']],
    ['after a regular expression with a bracket', 'const r = /[(]/\n%time g()', ['%time g()']],
    ['after a template with a bracket', 'const r = `({${x}`\n%time g()', ['%time g()']],
    ['after a postfix operator', 'x++\n%time g()', ['%time g()']],
    ['after another', '%precision fp16\n%time g()', ['%precision fp16', '%time g()']],
    ['with Windows line ends', 'f()\r\n%time g()\r\nh()', ['%time g()']],
    ['with a semicolon', 'f()\n%precision fp16;', ['%precision fp16;']],
    ['unknown, at the begin', '%precison', ['%precison']],
    ['unknown, after a semicolon', 'f();\n%precison', ['%precison']],
    ['unknown, where modulo is impossible', 'f()\n%precison fp16', ['%precison fp16']],
    ['unknown, with an option', 'f()\n%precison --native', ['%precison --native']],
    ['unknown, asking for help', 'f()\n%precison?', ['%precison?']],
    [
      'over several lines while a bracket is open',
      '%time f({\n a: 1\n})\ng()',
      ['%time f({\n a: 1\n})'],
    ],
    [
      'over several lines while a template is open',
      '%time f(`\n%time\n`)\ng()',
      ['%time f(`\n%time\n`)'],
    ],
  ])('%s', (_, code, expected) => {
    expect(found(code)).toEqual(expected);
  });
});

describe('no magic is found', () => {
  it.each([
    ['in a template', 'f(`\n%precision fp16\n`)'],
    ['in a nested template', '`${`\n%precision fp16\n`}`'],
    ['in a block comment', '/*\n%precision fp16\n*/'],
    ['in parentheses', 'f(a\n%time b)'],
    ['in brackets', '[a\n%time\n]'],
    ['in a block, where modulo is possible', 'if (x) {\na\n%precision\n}'],
    ['in a block, with an unknown name', 'if (x) {\n%b\n}'],
    ['in an object', '({\n%precision fp16\n})'],
    ['in a conditional expression', 'a\n? b\n: c'],
    ['in a substitution', '`${a\n%time}`'],
    ['in a string that goes on', "'a \\\n%time f()'"],
    ['in modulo with a blank', 'const x = 7\n% 3'],
    ['in modulo of a number', 'const x = 7\n%3'],
    ['in modulo of an unknown name', 'a\n%b'],
    ['in modulo of an unknown name in a larger expression', 'a\n%b * c;'],
    ['in modulo of a member', 'a\n%b.c'],
    ['in modulo of a call', 'a\n%b(c)'],
    ['in modulo of a known name that goes on as an expression', 'a\n%time.seconds'],
    ['in modulo with a type assertion', 'a\n%b as number'],
    ['in modulo of an array element', 'a\n%b[0]'],
    ['not first on its line', 'f() %time g()'],
    ['after an operator', 'const x =\n%time f()'],
    ['as the body of if', 'if (x)\n%precision fp16'],
    ['as the body of else', 'if (x) f(); else\n%precision fp16'],
    ['in modulo assignment', 'x\n%= 3'],
  ])('%s', (_, code) => {
    expect(found(code)).toEqual([]);
  });
});

describe('a found magic', () => {
  it('knows its line, name and words', () => {
    const [magic] = locate('f()\n\n  %time  g(a, b) c // why');
    expect(magic).toMatchObject({ form: 'line', name: 'time', line: 3, startsStatement: false });
    expect(magic?.words.map(({ text }) => text)).toEqual(['g(a, b)', 'c']);
  });

  it('knows that it stands in a block, where nothing else can be meant', () => {
    const places = (code: string) => locate(code).map(({ inBlock }) => inBlock);
    expect(places('if (x) {\n%precision fp16\n}')).toEqual([true]);
    expect(places('const f = () => {\n  g();\n  %time h()\n}')).toEqual([true]);
    expect(places('if (x) { f() }\n%time g()')).toEqual([false]);
  });

  it('knows whether code follows', () => {
    expect(locate('%time f()\n// end\n')[0]?.last).toBe(true);
    expect(locate('%time f()\ng()')[0]?.last).toBe(false);
    expect(locate('%time f()\n%time g()').map(({ last }) => last)).toEqual([false, true]);
  });

  it('of a cell may follow comments and others of its kind only', () => {
    const places = (code: string) => locate(code).map(({ misplaced }) => misplaced);
    expect(places('\n// a\n%%time\n%%carbon\nf()')).toEqual([false, false]);
    expect(places('f()\n%%time')).toEqual([true]);
    expect(places('%time f()\n%%time')).toEqual([false, true]);
  });

  it('tells the bracket that is never closed', () => {
    const [magic] = locate('%time f(a, [1\ng()');
    expect(magic?.open).toEqual({ text: '[', start: 11 });
  });

  it('without a name counts only at the cursor', () => {
    expect(locateMagics('%', () => false)).toEqual([]);
    expect(locateMagics('%', () => false, 1)).toHaveLength(1);
    expect(locateMagics('f()\n%%', () => false, 6)).toHaveLength(1);
  });
});
