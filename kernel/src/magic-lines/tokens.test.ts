import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { Scanner, type Token } from './tokens';

function tokens(code: string): Token[] {
  const scanner = new Scanner(code);
  const all: Token[] = [];
  for (let token = scanner.next(); token; token = scanner.next()) all.push(token);
  return all;
}

const texts = (code: string, kind?: Token['kind']): string[] =>
  tokens(code)
    .filter((token) => kind === undefined || token.kind === kind)
    .map(({ text }) => text);

/** The regular expressions and template pieces that TypeScript's own parser finds. */
function oracle(code: string): string[] {
  const source = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.ESNext, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isRegularExpressionLiteral(node) ||
      ts.isNoSubstitutionTemplateLiteral(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddle(node) ||
      ts.isTemplateTail(node)
    ) {
      found.push(node.getText(source));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const literals = (code: string): string[] =>
  tokens(code)
    .filter(({ kind }) => kind === 'regex' || kind === 'template')
    .map(({ text }) => text);

describe('regular expressions and templates', () => {
  it.each([
    'const r = /a\\/b[/]c/gi; x / y / z;',
    'if (x) /re/.test(y);',
    'f(x) / 2 / 3',
    'while (a / b) /x/u.exec(s)',
    'do { f() } while (x) /re/.test(s)',
    'do { f() } while (x)\n/re/.test(s)',
    'return1 / 2 / 3',
    'const a = [/x/, /y/]; a[0] / 2 / 3',
    'const f = () => /x/.test(s) ? /y/ : /z/',
    'x++ / 2 / g; y-- / 2 / g',
    'a! / b! / c',
    '!/x/.test(s) && !/y/.test(s)',
    'typeof /x/; void /y/; a in /z/',
    'o.return / 2 / 3; o?.typeof / 2 / 3',
    'const o = { a: 1 } / 2 / 3',
    'const o = { a: { b: 1 } / 2 / 3 }',
    '{ f() }\n/x/.test(s)',
    'function f(): string[] { return [] }\n/x/.test(s)',
    'function f(): Promise<void> { }\n/x/.test(s)',
    'class A extends B<C> { m(): void { } }\n/x/.test(s)',
    'switch (x) { case 1: { f() }\n/x/.test(s) }',
    'this / 2 / 3; null / 1 / 2',
    'const n = 0x1f / 2 / 3 + 1_000.5e-3 / .5 / 1n',
    '`a ${b} c`',
    '`a ${`b ${c / d / e} ${{ x: `y` }.x}`} /no/ \\` \\${ $ $${1}`',
    'tag`x` / 2 / 3',
    '`${/}`/.test(s)}`',
    '\'/no/\' + "`no`" // `no` /no/\n/* `no` /no/ */ /yes/',
    "'it\\'s' + 'line \\\n two' / 2 / 3",
    'x ?.5 / 2 : /y/',
    'a?.b / c / d',
    'const é = /ü/u; é / 2 / 3',
  ])('are found as TypeScript finds them: %j', (code) => {
    expect(literals(code)).toEqual(oracle(code));
  });

  it('are found as TypeScript finds them in real sources', async () => {
    const { readFile } = await import('node:fs/promises');
    const { createRequire } = await import('node:module');
    const require = createRequire(__filename);
    for (const file of [
      __filename,
      require.resolve('vitest/package.json').replace('package.json', 'dist/config.js'),
      require.resolve('zod'),
    ]) {
      const code = await readFile(file, 'utf8');
      expect(literals(code)).toEqual(oracle(code));
    }
  });
});

describe('tokens', () => {
  it('lose nothing but blanks', () => {
    const code = 'const x: number = a?.b ** 2 >>> 1; // end\nlet é = `x`;';
    expect(texts(code).join('').replace(/\s/g, '')).toBe(code.replace(/\s/g, ''));
  });

  it('know how many brackets enclose them', () => {
    const depths = tokens('f(a, [b], `${c}`)').map(({ text, depth }) => `${text}:${depth}`);
    expect(depths).toEqual([
      'f:0',
      '(:0',
      'a:1',
      ',:1',
      '[:1',
      'b:2',
      ']:1',
      ',:1',
      '`${:1',
      'c:2',
      '}`:1',
      '):0',
    ]);
  });

  it('read a comment of one character more than its opening as open', () => {
    const scanner = new Scanner('/*/ x');
    scanner.next();
    expect(scanner.open?.text).toBe('/*');
  });

  it.each(['`abc', '`abc\\`', '`a ${b', '`a\\${', '(', 'f(a[1]', '/* x'])(
    'report what %j leaves open',
    (code) => {
      const scanner = new Scanner(code);
      while (scanner.next());
      expect(scanner.depth).toBeGreaterThan(0);
    },
  );

  it.each(["'abc", '"abc\\', 'a / b', ')', ']}', '\\', '\u{1F600}', '@', '#', '/['])(
    'end without complaint on %j',
    (code) => {
      expect(texts(code).join('').length).toBeGreaterThan(0);
      expect(tokens(code).at(-1)?.end).toBe(code.length);
    },
  );

  it.each([
    ['f()', 'operand'],
    ['f();', 'statement'],
    ['function f() {}', 'statement'],
    ['const o = {}', 'operand'],
    ['if (x)', 'operator'],
    ['do {} while (x)', 'statement'],
    ['x +', 'operator'],
    ['x++', 'operand'],
    ['x!', 'operand'],
    ['x = !', 'operator'],
    ['`a`', 'operand'],
  ] as const)('after %j an %s is left', (code, after) => {
    expect(tokens(code).at(-1)?.after).toBe(after);
  });
});
