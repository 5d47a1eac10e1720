import type ts from 'typescript';
import { readBindings, type Bindings } from './cell-bindings';
import { importsThrough, withMarkedImports } from './import-mark';
import { keepModuleSyntax } from './module-syntax';
import { printModule, type PrintedModule } from './print-module';
import { RUNTIME_NAME } from './runtime-names';
import type { TypeScript } from './typescript';

/** JavaScript of a cell as the cell process runs it, and how to get back to the user's lines. */
export interface CellCode {
  readonly js: string;
  /** JavaScript of the first pass to the user's TypeScript; generated lines and columns from 1 and 0. */
  readonly sourceMap: string;
  /** `js` to JavaScript of the first pass with {@link PREFIX_LINES} put before it. */
  readonly commonJsMap: string;
  /** Values the cell declares at its top level. */
  readonly names: readonly string[];
  /** Specifiers of its static imports: ES modules among them are loaded before the cell starts. */
  readonly imports: readonly string[];
}

/** Lines put before the first pass's JavaScript. */
export const PREFIX_LINES = 1;
/** Stands there for what binds the names until these are known. */
const PLACEHOLDER = '0;';

/**
 * Second pass: the converter's ES module to a CommonJS function body.
 *
 * Top-level names become accessors on the notebook's scope instead of copies (`__halfnote.bind`):
 * a function of an earlier cell and a later cell then see the same variable, and a cell that fails
 * half-way keeps exactly the declarations that ran. `import()` and `import.meta` stay what they are
 * in an ES module, through `__halfnote`.
 */
export function toCellCode(
  typescript: TypeScript,
  esModule: string,
  options: ts.TranspileOptions,
): CellCode {
  const { code, map } = splitInlineMap(esModule);
  const { Latest } = typescript.ScriptTarget;
  const text = `${PLACEHOLDER}\n${code}`;
  const file = typescript.createSourceFile('cell.js', text, Latest, /* setParentNodes */ true);
  const bindings = readBindings(typescript, file);
  const bind = bindStatement(bindings);
  const { js, map: commonJsMap } = file.statements.some(typescript.isImportDeclaration)
    ? withImports(typescript, `${bind}\n${withMarkedImports(typescript, code)}`, options)
    : withPlaceholder(printModule(typescript, file, keepModuleSyntax(typescript)), bind);
  return {
    js,
    sourceMap: map,
    commonJsMap,
    names: [...bindings.exported.keys()],
    imports: bindings.imports,
  };
}

function bindStatement({ exported, assignable, hoisted }: Bindings): string {
  const accessors = [...exported].map(([name, variable]) =>
    assignable.has(variable)
      ? `${name}: [() => ${variable}, (value) => { ${variable} = value; }]`
      : `${name}: [() => ${variable}]`,
  );
  const early = [...exported].filter(([, variable]) => hoisted.has(variable)).map(([name]) => name);
  const names = accessors.length === 0 ? '{}' : `{ ${accessors.join(', ')} }`;
  return `${RUNTIME_NAME}.bind(${names}, ${JSON.stringify(early)});`;
}

function withPlaceholder({ js, map }: PrintedModule, bind: string): PrintedModule {
  return { js: js.replace(PLACEHOLDER, () => bind), map };
}

function withImports(
  typescript: TypeScript,
  module: string,
  { compilerOptions }: ts.TranspileOptions,
): PrintedModule {
  const { outputText, sourceMapText = '' } = typescript.transpileModule(module, {
    fileName: 'cell.js',
    compilerOptions: { ...compilerOptions, sourceMap: true },
    transformers: { before: [keepModuleSyntax(typescript)] },
  });
  const js = outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
  return { js: importsThrough(RUNTIME_NAME, js), map: sourceMapText };
}

function splitInlineMap(js: string): { code: string; map: string } {
  const comment = /\n?\/\/# sourceMappingURL=data:application\/json;base64,(.*)\s*$/.exec(js);
  if (!comment) return { code: js, map: '' };
  return {
    code: js.slice(0, comment[0].startsWith('\n') ? comment.index + 1 : 0),
    map: Buffer.from(comment[1] ?? '', 'base64').toString('utf8'),
  };
}
