import { runInNewContext } from 'node:vm';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { macros } from '../macros';
import { MAGICS } from '../table';

const LIB = "(await import('halfnote'))";

function expanded(code: string): string {
  const expansion = macros.expand(code);
  if (!expansion.ok) throw new Error(expansion.error.evalue);
  return expansion.code;
}

function failure(code: string) {
  const expansion = macros.expand(code);
  if (expansion.ok) throw new Error(`expanded to ${expansion.code}`);
  return expansion.error;
}

const lines = (text: string): number => text.split('\n').length;

/** Syntax errors that TypeScript finds. */
function syntaxErrors(code: string): string[] {
  const compilerOptions = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
  const { diagnostics } = ts.transpileModule(code, { reportDiagnostics: true, compilerOptions });
  return (diagnostics ?? []).map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, ' '),
  );
}

describe('a cell', () => {
  it('without magics is left as it is', () => {
    const code = 'const x = 7\n% 3\nconst y = `\n%precision fp16\n`; // %time\n';
    expect(expanded(code)).toBe(code);
  });

  it('keeps what is around a magic', () => {
    expect(expanded('f();\n  %precision fp16\n\ng();')).toBe(
      `f();\n  ${LIB}.display(${LIB}.setPrecision('fp16'));\n\ng();`,
    );
  });

  it('whose statement lacks its semicolon gets it, for JavaScript would read a call', () => {
    expect(expanded('const f = g\n%precision fp16')).toBe(
      `const f = g\n;${LIB}.setPrecision('fp16');`,
    );
  });

  it('that ends with a magic has its value as result, and shows it elsewhere', () => {
    expect(expanded('%gradients')).toBe(`${LIB}.gradientRanges();`);
    expect(expanded('%gradients\nf()')).toBe(`${LIB}.display(${LIB}.gradientRanges());\nf()`);
  });

  it('is run as a whole by several cell magics', () => {
    expect(expanded('%%carbon\n%%time\nf()')).toBe(
      `await ${LIB}.carbonCell();\n${LIB}.timeCell();\nf()`,
    );
  });

  it('that is only a cell magic so far lacks its body', () => {
    const lacks = (code: string): boolean => {
      const expansion = macros.expand(code);
      return expansion.ok && expansion.lacksBody;
    };
    expect(lacks('%%time')).toBe(true);
    expect(lacks('%%time\n')).toBe(false);
    expect(lacks('%time f()')).toBe(false);
    expect(lacks('%%time?')).toBe(false);
  });
});

describe('an expansion', () => {
  const bodies = MAGICS.all.flatMap(({ examples }) => examples.map(({ code }) => code));
  const more = [
    '%time f({\n  a: 1,\n})',
    '%time const { a, b } = f(`\n${x}\n`)',
    '%compare fp32,\n',
    '%quantize int8 model --as q --calibrate x.slice(\n  [0, 0],\n  [8, 4],\n)',
    '%precision fp16 --show',
    '%%time --show\nf()\ng()',
    '%time?',
    '%%carbon? ',
    '%nothing here',
    '%precision fp16 /* over\ntwo lines */',
  ];
  const frames: ((magic: string) => string)[] = [
    (magic) => magic,
    (magic) => `${magic}\nf();\n`,
    (magic) => `// first\n\n${magic}\r\nf()`,
    (magic) =>
      magic.startsWith('%%') ? `${magic}\n%time f()\n` : `const o = {}\n${magic}\n\n%time g()`,
  ];

  it.each([...bodies, ...more])('keeps the number of lines: %j', (magic) => {
    for (const frame of frames) {
      const code = frame(magic);
      const expansion = macros.expand(code);
      if (expansion.ok) expect(lines(expansion.code)).toBe(lines(code));
      expect(lines(macros.view(code, 1).code)).toBe(lines(code));
    }
  });

  it.each(bodies)('of an example is good TypeScript: %s', (magic) => {
    for (const frame of frames) expect(syntaxErrors(expanded(frame(magic)))).toEqual([]);
  });

  it('can be printed instead of run', () => {
    const shown = expanded('%precision fp16 --show\nf()');
    expect(shown.endsWith('\nf()')).toBe(true);
    const said: unknown[] = [];
    const log = { log: (text: unknown) => said.push(text) };
    runInNewContext(shown.split('\n')[0] ?? '', { console: log });
    expect(said).toEqual([`${LIB}.display(${LIB}.setPrecision('fp16'));`]);
  });

  it('of a cell magic can be printed, and nothing of the cell runs', () => {
    const said: unknown[] = [];
    const log = { log: (text: unknown) => said.push(text) };
    const f = (): never => {
      throw new Error('ran');
    };
    runInNewContext(expanded('%%time --show\nf("it\'s")'), { console: log, f });
    expect(said).toEqual([`${LIB}.timeCell();\nf("it's")`]);
  });

  it('of a question is the help', () => {
    expect(expanded('%precision?')).toBe(`${LIB}.magicHelp('precision');`);
    expect(expanded('%%precision ?')).toBe(`${LIB}.magicHelp('precision');`);
    for (const asked of ['?%precision', '??%precision', '?%%precision', '%precision??']) {
      expect(expanded(asked)).toBe(`${LIB}.magicHelp('precision');`);
    }
    expect(expanded('?%env')).toBe(expanded('%env??'));
    expect(expanded('f()\n?%time g()')).toBe(`f()\n;${LIB}.magicHelp('time');`);
    expect(expanded('%precision fp16 --help')).toBe(`${LIB}.magicHelp('precision');`);
  });
});

describe('bad input', () => {
  it.each([
    ['%precison fp16', 'unknown magic %precison', 'Did you mean %precision?'],
    ['%%tme\nf()', 'unknown magic %%tme', 'Did you mean %time or %timeit?'],
    ['?%precison', 'unknown magic %precison', 'Did you mean %precision?'],
    ['if (x) {\n  %time f()\n}', '%time stands in a block', 'write what %time ... --show prints'],
    ['%precison?', 'unknown magic %precison', 'Did you mean %precision?'],
    [
      '%gradients on --evry 5',
      'unknown parameter --evry',
      'Did you mean --every? Its parameters: --every',
    ],
    ['%compare fp32', 'missing model and --data', 'Usage: %compare <formats> <model>'],
    ['%carbon stat', '"stat" is not allowed', 'Allowed: on, off, report'],
    ['%gradients on --every x', '"x" is not allowed', 'Allowed: integer >= 1'],
    ['%gradients on --every 0', '"0" is not allowed', 'Allowed: integer >= 1'],
    ['%gradients on --every', '--every needs a value', 'Allowed: integer >= 1'],
    ['%gradients on --every --show', '--every needs a value', 'Allowed: integer >= 1'],
    ['%gradients on --every 1 --every 2', '--every is given twice', ''],
    ['%precision fp16 --native=yes', '--native takes no value', ''],
    ['%doctor now', 'one argument too many: "now"', 'no positional parameter'],
    ['%%doctor\nf()', '%%doctor is no magic of a cell', 'Write %doctor'],
    ['f();\n%%time', '%%time must be the first line of its cell', ''],
  ])('%j is refused', (code, message, hint) => {
    const { ename, evalue } = failure(code);
    expect(ename).toBe('MagicError');
    expect(evalue).toContain(message);
    expect(evalue).toContain(hint);
  });

  it('is pointed at', () => {
    const error = failure('f();\n  %gradients on --evry 5\ng()');
    expect(error.line).toBe(2);
    expect(error.evalue.startsWith('line 2: %gradients: ')).toBe(true);
    expect(error.traceback).toContain('  2 |   %gradients on --evry 5');
    expect(error.traceback).toContain('    |                 ^^^^^^');
  });

  it('that more typing could mend is incomplete', () => {
    expect(failure('%time f({').isIncomplete).toBe(true);
    expect(failure('%time f(`').isIncomplete).toBe(true);
    expect(failure('%nothing').isIncomplete).toBe(false);
  });
});

describe('the text of a file', () => {
  it('is no TypeScript, whatever it looks like', () => {
    const code = '%%writefile a.txt\n%precison `${\n"don\'t\n*/';
    expect(syntaxErrors(expanded(code))).toEqual([]);
    expect(lines(expanded(code))).toBe(lines(code));
    const { offset } = macros.view(code, code.indexOf('prec') + 4);
    expect(offset).toBeUndefined();
  });

  it('is lacking until there is a second line', () => {
    expect(failure('%%writefile a.txt').isIncomplete).toBe(true);
    const whole = macros.expand('%%writefile a.txt\n');
    expect(whole.ok && whole.lacksBody).toBe(false);
  });
});

describe('the language service', () => {
  it.each([
    ['%time mod|', 'mod'],
    ['f()\n%quantize int8 mod| --as q\ng()', 'mod'],
    ['%compare fp32 model --data x.sli|', 'x.sli'],
    ['%compare fp32 mod|', 'mod'],
    ['%quantize int8 model --calibrate x.|', 'x.'],
    ['%precision fp16\nfoo|\nbar', 'foo'],
    ['%nothing at all\nfoo|', 'foo'],
    ['%time const y = mod|', 'mod'],
    ['%time f({\n  a: foo|\n})', 'foo'],
  ])('sees the expression at the cursor of %j', (marked, before) => {
    const offset = marked.indexOf('|');
    const view = macros.view(marked.replace('|', ''), offset);
    expect(view.code.slice(0, view.offset).endsWith(before)).toBe(true);
    expect(view.toSource(view.offset ?? NaN)).toBe(offset);
  });

  it.each([
    '%quantize int8 |',
    '%time |',
    '%compare fp32 model --data |',
    '%compare fp32 model --data x,|',
  ])('is given a place for the expression that %j lacks', (marked) => {
    const offset = marked.indexOf('|');
    const view = macros.view(marked.replace('|', ''), offset);
    const { code, offset: at } = view;
    expect(view.toSource(at ?? NaN)).toBe(offset);
    const probe = `${code.slice(0, at)}probe${code.slice(at)}`;
    expect(syntaxErrors(probe)).toEqual([]);
  });

  it('has no place in names, options and values', () => {
    for (const marked of ['%prec|\nf()', '%precision fp|', '%carbon --reg|', '%nothing a|']) {
      const code = marked.replace('|', '');
      expect(macros.view(code, marked.indexOf('|')).offset).toBeUndefined();
    }
  });

  it('sees a variable that a magic declares, with its type', () => {
    const { code } = macros.view('%quantize int8 model --as small\nsmall.', 38);
    expect(code).toContain('const small = await');
  });

  it('maps the start of a word to its own place where it meets other code', () => {
    const view = macros.view('f()\n%time cons', 14);
    const start = (view.offset ?? NaN) - 'cons'.length;
    expect(view.toSource(start)).toBe(10);
  });

  it('maps no generated text to the cell', () => {
    const view = macros.view('%precision fp16\nf()', 17);
    expect(view.toSource(view.code.indexOf('import'))).toBeUndefined();
  });
});
