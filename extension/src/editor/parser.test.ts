import { javascript } from '@codemirror/lang-javascript';
import { python } from '@codemirror/lang-python';
import { highlightTree, tagHighlighter, tags } from '@lezer/highlight';
import type { Vocabulary } from 'halfnote/mime/magics';
import { describe, expect, it } from 'vitest';
import { CellParser, TAGS } from './parser';
import vocabulary from './vocabulary.json';

const typescript = javascript({ typescript: true }).language;
const cells = new CellParser(
  vocabulary as Vocabulary,
  {
    typescript: typescript.parser,
    forFile: (name) => (name.endsWith('.py') ? python().language.parser : undefined),
  },
  typescript.data,
);
const highlighter = tagHighlighter([
  ...Object.entries(TAGS).map(([kind, tag]) => ({ tag, class: `magic-${kind}` })),
  { tag: tags.definitionKeyword, class: 'keyword' },
  { tag: tags.controlKeyword, class: 'keyword' },
  { tag: tags.variableName, class: 'variable' },
  { tag: tags.number, class: 'number' },
  { tag: tags.comment, class: 'comment' },
]);

/** What is coloured, in order: `text:class`. */
function shown(code: string): string[] {
  const found: string[] = [];
  highlightTree(cells.parse(code), highlighter, (from, to, classes) => {
    found.push(`${code.slice(from, to)}:${classes}`);
  });
  return found;
}

describe('a cell in an editor shows', () => {
  it('the name, formats, options and numbers of a magic, and its expressions as TypeScript', () => {
    expect(shown('%compare fp32,int8 model --data x --batch-size 32')).toEqual([
      '%compare:magic-name',
      'fp32:magic-value',
      ',:magic-operator',
      'int8:magic-value',
      'model:variable',
      '--data:magic-option',
      'x:variable',
      '--batch-size:magic-option',
      '32:magic-number',
    ]);
  });

  it('the variable that a magic makes', () => {
    expect(shown('%quantize int8 model --as small')).toContain('small:magic-variable');
  });

  it('strings, values after an equals sign, and comments', () => {
    expect(shown('%precision fp16 --keep "dense_3=fp32" // why')).toEqual([
      '%precision:magic-name',
      'fp16:magic-value',
      '--keep:magic-option',
      '"dense_3=fp32":magic-string',
      '// why:magic-comment',
    ]);
    expect(shown('%carbon on --region=FRA')).toEqual([
      '%carbon:magic-name',
      'on:magic-value',
      '--region:magic-option',
      '=:magic-operator',
      'FRA:magic-value',
    ]);
  });

  it('TypeScript around magics as TypeScript, whatever the magics say', () => {
    const code = "const a = 1;\n%export onnx model --to it's.onnx\nfor (const b of c) d(b);";
    expect(shown(code)).toEqual(
      expect.arrayContaining(['const:keyword', 'a:variable', '1:number', 'for:keyword']),
    );
    expect(shown(code)).toContain('%export:magic-name');
  });

  it('the statement of a timed line, and the cell below `%%`, as TypeScript', () => {
    expect(shown('%time const y = 2')).toEqual([
      '%time:magic-name',
      'const:keyword',
      'y:variable',
      '2:number',
    ]);
    expect(shown('%%measure --trials 5\nlet z = 3')).toEqual([
      '%%measure:magic-name',
      '--trials:magic-option',
      '5:magic-number',
      'let:keyword',
      'z:variable',
      '3:number',
    ]);
  });

  it('a file that is written in its own language, and one of no known language as text', () => {
    expect(shown('%%writefile a.py\n# it\nx = 4')).toEqual([
      '%%writefile:magic-name',
      'a.py:magic-string',
      '# it:comment',
      'x:variable',
      '4:number',
    ]);
    expect(shown('%%writefile a.log\nconst x = 4')).toEqual([
      '%%writefile:magic-name',
      'a.log:magic-string',
    ]);
  });

  it('nothing of a magic where the kernel sees none', () => {
    expect(shown('total\n% time')).not.toContain('% time:magic-name');
    expect(shown('`\n%time x\n`').join()).not.toContain('magic');
    expect(shown('%nosuch x').join()).not.toContain('magic');
  });
});

it.each(['%', '%%', '%compare', '%compare fp32,', '%compare fp32 f(', '%%writefile', '%time '])(
  'a half-written %s parses',
  (code) => {
    expect(cells.parse(code).length).toBe(code.length);
  },
);
