import { hasTag, sourceOf, type Notebook } from '../run/notebook';
import { analyseCells, type AnalysedCell } from './analysis';
import { codeOfCell, type CellCode } from './cell-code';
import { textOfCell } from './cell-text';
import { importLines } from './import-lines';
import { toJavaScript } from './javascript';
import { freeName, nameAll, type ModuleImport } from './naming';
import { loadTypeScript } from './typescript';

export interface ScriptOptions {
  readonly to: 'ts' | 'js';
  /** What the first line says it was made from. */
  readonly title: string;
  /** The notebook's folder, as seen from the script's: `.` where it is the same. */
  readonly folder: string;
  /** What an import of a file beside the notebook becomes. */
  readonly locate: (specifier: string) => string;
}

export interface Script {
  readonly text: string;
  /** What differs from the notebook, a sentence each. */
  readonly notes: readonly string[];
}

const OURS = /^(?:halfnote|@tensorflow\/tfjs)(?:$|[/-])/;

/**
 * A notebook as one ES module that runs by itself: magics expanded, imports first, and names that cells
 * declare anew told apart. Markdown becomes comments.
 * @throws HalfnoteError `cannot-convert` for a cell that is no TypeScript.
 */
export function toScript(notebook: Notebook, options: ScriptOptions): Script {
  const typescript = loadTypeScript();
  const sources = notebook.cells.filter((cell) => cell.cell_type === 'code').map(sourceOf);
  // Nothing the cells name may be hidden by what is put in.
  const taken = new Set(
    sources.flatMap((source) => source.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu) ?? []),
  );
  const free = (name: string): string => {
    const found = taken.has(name) ? freeName(name, taken) : name;
    taken.add(found);
    return found;
  };
  const library = freeLibrary(sources, free);
  const codes = sources.map((source, i) => codeOfCell(source, i + 1, library));
  const beside = besideCells(library, free);
  const cells = analyseCells(
    typescript,
    codes.map(({ code }) => code),
    [library, ...Object.keys(beside)],
  );
  const naming = nameAll(cells, taken);
  const texts = codes.map(({ code }, i) => {
    const cell = cells[i] as AnalysedCell;
    const names = naming.cells[i] ?? { own: new Map(), borrowed: new Map() };
    return textOfCell(typescript, code, cell, names, library);
  });
  const used = new Set(cells.flatMap(({ borrowed }) => borrowed.map(({ name }) => name)));
  const own = new Set(cells.flatMap(({ declared }) => [...declared]));
  const needed = Object.entries(beside).filter(([name]) => used.has(name) && !own.has(name));
  const preludeImports = needed.flatMap(([, { imports = [] }]) => imports);
  const loads = cells.flatMap((cell) => cell.loads);
  const startsEngine = [...naming.imports, ...loads].some(({ specifier }) => OURS.test(specifier));
  const reportsCells = codes.some((code) => code.reportsCells);
  const usesLibrary =
    startsEngine ||
    texts.some(({ shows }) => shows) ||
    used.has(library) ||
    needed.some(([, { usesLibrary: uses }]) => uses === true);
  const imports: readonly ModuleImport[] = [
    ...(usesLibrary
      ? [{ specifier: 'halfnote', attributes: '', imported: '*', local: library }]
      : []),
    ...preludeImports,
    ...naming.imports,
  ].map((one) => ({ ...one, specifier: options.locate(one.specifier) }));
  const located = loads.map((load) => ({ ...load, specifier: options.locate(load.specifier) }));
  const prelude = [
    `process.chdir(${folderCode(options.folder)}); // Paths are those of the notebook.`,
    ...needed.map(([, { line }]) => line),
    ...(usesLibrary && (startsEngine || used.has(library))
      ? [`await ${library}.ensureBackend();`]
      : []),
  ];
  let number = 0;
  const cellName = free('cell');
  const body = notebook.cells.flatMap((cell) => {
    if (cell.cell_type === 'markdown') return [commented(sourceOf(cell))];
    if (cell.cell_type !== 'code') return [];
    const i = number++;
    const text = texts[i]?.text ?? '';
    if (text.trim() === '') return [];
    if (hasTag(cell, 'raises-exception'))
      return [`try {\n${text}\n} catch (error) {\n  console.error(error);\n}`];
    const isCell = usesLibrary && (reportsCells || codes[i]?.hasEnd === true);
    if (!isCell) return [text];
    const name = `${cellName}${i + 1}`;
    return [`const ${name} = ${library}.scriptCell();\n${text}\nawait ${name}.end();`];
  });
  const assemble = (lines: readonly string[]): string =>
    `${[[`// Made from ${options.title} by \`halfnote convert\`.`, ...lines].join('\n'), prelude.join('\n'), ...body].join('\n\n')}\n`;
  const js = toJavaScript(typescript, assemble(importLines(imports, located)));
  const text =
    options.to === 'js'
      ? js.text
      : assemble(importLines(imports, located, (name) => !js.imported.has(name)));
  return { text, notes: [...notesOf(codes), ...staleNotes(naming.stale)] };
}

interface Beside {
  readonly line: string;
  readonly imports?: readonly ModuleImport[];
  readonly usesLibrary?: boolean;
}

/** What cells have beside their own names and Node's globals. */
function besideCells(
  library: string,
  free: (name: string) => string,
): Readonly<Record<string, Beside>> {
  const createRequire = free('createRequire');
  return {
    input: { line: `const { input } = ${library};`, usesLibrary: true },
    require: {
      line: `const require = ${createRequire}(import.meta.url);`,
      imports: [
        {
          specifier: 'node:module',
          attributes: '',
          imported: 'createRequire',
          local: createRequire,
        },
      ],
    },
    __dirname: { line: 'const __dirname = process.cwd();' },
    __filename: { line: 'const __filename = import.meta.filename;' },
  };
}

/** `halfnote`, unless cells mean something else by it. */
function freeLibrary(sources: readonly string[], free: (name: string) => string): string {
  const names = /(?<!['"\w@/.])halfnote(?!['"\w/])/;
  return sources.some((source) => names.test(source)) ? free('halfnote') : 'halfnote';
}

function folderCode(folder: string): string {
  return folder === '.'
    ? 'import.meta.dirname'
    : `\`\${import.meta.dirname}/${folder.replace(/[\\`$]/g, '\\$&')}\``;
}

function commented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `// ${line}`.trimEnd())
    .join('\n');
}

function notesOf(codes: readonly CellCode[]): string[] {
  return codes.flatMap(({ leftOut }, i) =>
    leftOut.map(
      (magic) => `Code cell ${i + 1}: ${magic} is left out: a script has no notebook's state.`,
    ),
  );
}

function staleNotes(stale: ReturnType<typeof nameAll>['stale']): string[] {
  return stale.map(
    ({ name, used, again }) =>
      `Code cell ${again + 1} declares ${name} anew: what code cell ${used + 1} defines goes on with the earlier one.`,
  );
}
