import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Vocabulary } from 'halfnote/mime/magics';
import { afterAll, describe, expect, it } from 'vitest';
import { paint } from './paint';
import vocabulary from './vocabulary.json';

const root = join(__dirname, '../../..');

/** By its path: the kernel's sources are none of the extension's. */
const { MAGICS } = (await import(join(root, 'kernel/src/magics/table'))) as {
  readonly MAGICS: { readonly all: readonly { readonly examples: readonly { code: string }[] }[] };
};

const EXAMPLES = MAGICS.all.flatMap(({ examples }) => examples.map(({ code }) => code));

/** Cells in which it is hard to see what is a magic. */
const HARD = [
  'const x = 7\n%precision fp16\nx',
  '  %time f()\n%%time g()',
  'total\n% time',
  'total\n%time',
  'a\n%b * c',
  'f();\n%precison fp16',
  'a +\n%time b',
  'type A = Array<number>\n%time g()',
  'do { f() } while (x)\n%time g()',
  'if (x) { f() }\n%time g()',
  'for (const a of b) {\n  %time g()\n}',
  'const o = {\n  %time: 1 };',
  'const t = `\n%time x\n${`\n%time y`}\n`;\n%time `${z}`',
  'const r = /[(]/\n%time g()',
  'x++\n%time g()',
  '/* \n%time x\n*/ %time y\n// %time z',
  '%compare fp32, bf16 model --data x ,y // why\n%doctor?\n?%time',
  '%compare fp32 f(\n  a, b\n) --data=x\n%who',
  '%quantize int8 model --as small --calibrate x.slice(0, 2)\r\n%who\r\n',
  '%env A="b c" d\n%npm install a \'b c\'\n%load',
  '%%writefile -a "a b.py"\nx = 1\n%time y',
  '%%writefile a.json',
  '%timeit -n 10 -r 3 f(a, b) // five',
  '%precision --keep "dense=fp32" --nosuch 3 --show',
  "const s = 'it\\\n%time x';\n%time y",
  'const größe = 1\n%time größe',
  '%',
  '%%',
  '',
];

const CODES = [...EXAMPLES, ...HARD];

/** What Python makes of the same cells. */
function asked(): readonly {
  readonly parts: readonly (readonly [kind: string, start: number, end: number])[];
  readonly errors: readonly string[];
  readonly text: string;
}[] {
  const program = `
import json, sys
from halfnote_lab.cells import parts_of
from halfnote_lab.lexer import HalfnoteLexer
from pygments.token import Error
found = []
for code in json.load(sys.stdin):
    tokens = list(HalfnoteLexer(stripnl=False, ensurenl=False).get_tokens_unprocessed(code))
    found.append({
        "parts": [(part.kind, part.start, part.end) for part in parts_of(code)],
        "errors": [text for _, token, text in tokens if token in Error],
        "text": "".join(text for _, _, text in tokens),
    })
json.dump(found, sys.stdout)`;
  return python(program, CODES) as ReturnType<typeof asked>;
}

/** What a program prints as JSON that is given some on its standard input; `on` are more folders of modules. */
function python(program: string, input: unknown, ...on: readonly string[]): unknown {
  const { stdout, stderr, status } = spawnSync(join(root, '.venv/bin/python'), ['-c', program], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: [join(root, 'extension'), ...on].join(delimiter) },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** What the editor makes of a cell, as Python tells it. */
function painted(code: string): (readonly [string, number, number])[] {
  const { parts, expressions, typescript, body } = paint(code, vocabulary as Vocabulary);
  return [
    ...parts.map(({ kind, from, to }) => [kind, from, to] as const),
    ...expressions.map(({ from, to }) => ['expression', from, to] as const),
    ...typescript.map(({ from, to }) => ['typescript', from, to] as const),
    ...(body ? [[`body:${body.file ?? ''}`, body.from, body.to] as const] : []),
  ].toSorted((a, b) => a[1] - b[1]);
}

describe('the Pygments lexer', () => {
  const found = asked();

  it.each(CODES.map((code, index) => [code, index] as const))(
    'sees in %j what the editor sees',
    (code, index) => {
      expect(found[index]?.parts).toEqual(painted(code));
    },
  );

  it('takes all of every example for something, and for all of its text', () => {
    expect(EXAMPLES.length).toBeGreaterThan(60);
    for (const [index, code] of EXAMPLES.entries()) {
      expect([code, found[index]?.errors]).toEqual([code, []]);
      expect(found[index]?.text).toBe(code);
    }
  });
});

describe('nbconvert', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-lexer-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** The inputs of a notebook as HTML, by the name of an exporter; `isInstalled` says whether our package is. */
  const inputs = (exporter: string, isInstalled: boolean): string => {
    const program = `
import json, pathlib, re, sys, tomllib, warnings
warnings.simplefilter("ignore")
exporter, root, folder = json.load(sys.stdin)
if folder:
    # As pip leaves it, with the entry points that pyproject.toml names.
    project = tomllib.loads(pathlib.Path(root, "pyproject.toml").read_text())["project"]
    info = pathlib.Path(folder, f"halfnote_lab-{project['version']}.dist-info")
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\\nName: {project['name']}\\nVersion: {project['version']}\\n")
    (info / "entry_points.txt").write_text("".join(
        f"[{group}]\\n" + "".join(f"{name} = {value}\\n" for name, value in points.items())
        for group, points in project["entry-points"].items()))
import nbformat
from nbconvert.exporters import get_exporter
notebook = nbformat.v4.new_notebook(
    metadata={"kernelspec": {"name": "halfnote", "display_name": "TypeScript"},
              "language_info": {"name": "typescript", "pygments_lexer": "typescript"}},
    cells=[nbformat.v4.new_code_cell("const a = 1;\\n%quantize int8 model --as small")])
html, _ = get_exporter(exporter)().from_notebook_node(notebook)
json.dump(re.search(r'<div class="highlight.*?</div>', html, re.S)[0], sys.stdout)`;
    const on = isInstalled ? folder : '';
    return python(program, [exporter, root, on], ...(isInstalled ? [folder] : [])) as string;
  };

  it('colours magics as what they are with our exporter', () => {
    const html = inputs('halfnote-html', true);
    expect(html).toContain('<span class="kd">const</span>');
    expect(html).toContain('<span class="k">%quantize</span>');
    expect(html).toContain('<span class="nb">int8</span>');
    expect(html).toContain('<span class="na">--as</span>');
    expect(html).toContain('<span class="nv">small</span>');
  });

  it('colours TypeScript where our package is not installed', () => {
    const html = inputs('html', false);
    expect(html).toContain('<span class="kd">const</span>');
    expect(html).toContain('quantize');
  });
});
