import { createRequire } from 'node:module';
import type ts from 'typescript';
import { HalfnoteError, nearest } from '../../errors';
import { valueOf } from '../../sweep/values';
import { codeCell, hasTag, sourceOf, type Cell, type Notebook } from './notebook';

export type Parameters = ReadonlyMap<string, unknown>;

/**
 * Reads `name=value`: numbers, booleans, null and JSON are what they are, all else is a string.
 * Throws `invalid-argument`.
 */
export function readParameter(argument: string): readonly [name: string, value: unknown] {
  const [, name, text = ''] = /^([A-Za-z_$][\w$]*)=([^]*)$/.exec(argument) ?? [];
  if (name === undefined) {
    throw new HalfnoteError(
      'invalid-argument',
      `--param is "${argument}", expected name=value`,
      "For example --param epochs=3 --param 'layers=[16, 8]'",
    );
  }
  return [name, valueOf(text)];
}

/**
 * Puts a cell after the one tagged `parameters` that declares these variables anew, as papermill does;
 * one from an earlier run is replaced. Throws `no-parameters` and `unknown-parameter`.
 */
export function withParameters(notebook: Notebook, parameters: Parameters): Notebook {
  if (parameters.size === 0) return notebook;
  const cells = notebook.cells.filter((cell) => !hasTag(cell, 'injected-parameters'));
  const at = cells.findIndex((cell) => cell.cell_type === 'code' && hasTag(cell, 'parameters'));
  const tagged = cells[at];
  if (!tagged) {
    throw new HalfnoteError(
      'no-parameters',
      'No cell of the notebook has the tag "parameters", so --param has nothing to set',
      'Tag the code cell that declares the defaults (JupyterLab: property inspector, Cell Tags).',
    );
  }
  const injected = codeCell(assignments(tagged, parameters), ['injected-parameters']);
  return { ...notebook, cells: [...cells.slice(0, at + 1), injected, ...cells.slice(at + 1)] };
}

interface Declared {
  readonly keyword: 'const' | 'let';
  /** With its colon. */
  readonly type: string;
}

function assignments(cell: Cell, parameters: Parameters): string {
  const declared = declarations(sourceOf(cell));
  const lines = [...parameters].map(([name, value]) => {
    const variable = declared.get(name);
    if (!variable) throw unknown(name, [...declared.keys()]);
    return `${variable.keyword} ${name}${variable.type} = ${JSON.stringify(value)};`;
  });
  return ['// Parameters', ...lines].join('\n');
}

/** The variables that a cell declares at its top level. */
function declarations(source: string): ReadonlyMap<string, Declared> {
  // Loaded only here: most runs have no parameters.
  const typescript = createRequire(__filename)('typescript') as typeof ts;
  const file = typescript.createSourceFile('cell.ts', source, typescript.ScriptTarget.Latest, true);
  const found = new Map<string, Declared>();
  for (const statement of file.statements) {
    if (!typescript.isVariableStatement(statement)) continue;
    const { flags, declarations: list } = statement.declarationList;
    const keyword = flags & typescript.NodeFlags.Const ? 'const' : 'let';
    for (const { name, type } of list) {
      if (!typescript.isIdentifier(name)) continue;
      found.set(name.text, { keyword, type: type ? `: ${type.getText(file)}` : '' });
    }
  }
  return found;
}

function unknown(name: string, declared: readonly string[]): HalfnoteError {
  const [near] = nearest(name, declared, 1);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  return new HalfnoteError(
    'unknown-parameter',
    `The cell tagged "parameters" declares no variable "${name}"`,
    `${meant}It declares: ${declared.length === 0 ? 'none' : declared.join(', ')}`,
  );
}
