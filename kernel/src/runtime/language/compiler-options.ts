import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type ts from 'typescript';
import { HalfnoteError } from '../../errors';
import type { TypeScript } from './typescript';

/**
 * Options that the notebook's `tsconfig.json` may set. They say how strictly cells are checked, which
 * declarations are known without an import, and what JSX and decorators mean.
 */
export const HONORED_OPTIONS = [
  'allowUnreachableCode',
  'allowUnusedLabels',
  'alwaysStrict',
  'baseUrl',
  'emitDecoratorMetadata',
  'exactOptionalPropertyTypes',
  'experimentalDecorators',
  'jsx',
  'jsxFactory',
  'jsxFragmentFactory',
  'jsxImportSource',
  'lib',
  'libReplacement',
  'noFallthroughCasesInSwitch',
  'noImplicitAny',
  'noImplicitOverride',
  'noImplicitReturns',
  'noImplicitThis',
  'noPropertyAccessFromIndexSignature',
  'noUncheckedIndexedAccess',
  'noUnusedParameters',
  'paths',
  'strict',
  'strictBindCallApply',
  'strictBuiltinIteratorReturn',
  'strictFunctionTypes',
  'strictNullChecks',
  'strictPropertyInitialization',
  'types',
  'useDefineForClassFields',
  'useUnknownInCatchVariables',
] as const satisfies readonly (keyof ts.CompilerOptions)[];

/** "No inputs were found", which a notebook's folder need not have. */
const NO_INPUTS = [18002, 18003];

/**
 * The compiler options of `tsconfig.json` in the notebook's folder, with what it `extends`, read by
 * TypeScript's own parser; none without such a file. Folders above are not searched: a notebook in a
 * repository is not part of its build.
 *
 * Only {@link HONORED_OPTIONS} are taken. The others are the kernel's: how modules are found and
 * loaded (`module`, `moduleResolution`, `verbatimModuleSyntax`: but for `paths`, cells load as Node.js
 * does), what is emitted (`target`, `outDir`, `declaration`, `sourceMap`, `noEmit`, ...: it
 * runs on this Node.js), and which files belong to the project (`include`, `files`, `references`).
 * `noUnusedLocals` has no meaning where later cells use what a cell declares.
 *
 * The file is read when the kernel starts.
 *
 * @throws HalfnoteError `invalid-tsconfig` with file, line and reason for a file that is no JSON, sets
 * an option to what it cannot be, or extends one that is missing.
 */
export function notebookOptions(typescript: TypeScript, cwd: string): ts.CompilerOptions {
  const file = join(cwd, 'tsconfig.json');
  if (!existsSync(file)) return {};
  const source = typescript.readJsonConfigFile(file, (path) => typescript.sys.readFile(path));
  const parsed = typescript.parseJsonSourceFileConfigFileContent(
    source,
    // Which files a project has is of no interest, and looking for them can take long.
    { ...typescript.sys, readDirectory: () => [] },
    cwd,
    undefined,
    file,
  );
  const syntax = (source as ts.TsConfigSourceFile & { parseDiagnostics: readonly ts.Diagnostic[] })
    .parseDiagnostics;
  const errors = [...syntax, ...parsed.errors].filter(({ code }) => !NO_INPUTS.includes(code));
  if (errors.length > 0) {
    const reasons = errors.map((error) => describe(typescript, error));
    throw new HalfnoteError(
      'invalid-tsconfig',
      `The notebook's ${file} cannot be used:\n  ${[...new Set(reasons)].join('\n  ')}`,
      'Mend the file, or rename it, and run the cell again.',
    );
  }
  const honored = HONORED_OPTIONS.flatMap((name) => {
    const value = parsed.options[name];
    return value === undefined ? [] : [[name, value]];
  });
  // `paths` count from the file that has them.
  const { pathsBasePath } = parsed.options;
  const base = 'paths' in parsed.options && pathsBasePath !== undefined ? { pathsBasePath } : {};
  const options = Object.fromEntries(honored) as ts.CompilerOptions;
  return { ...options, ...base, ...runnableJsx(typescript, options) };
}

/** Where others make JavaScript of JSX later, cells run now. */
function runnableJsx(
  { JsxEmit }: TypeScript,
  { jsx, jsxImportSource }: ts.CompilerOptions,
): Pick<ts.CompilerOptions, 'jsx'> {
  if (jsx !== JsxEmit.Preserve && jsx !== JsxEmit.ReactNative) return {};
  return { jsx: jsxImportSource === undefined ? JsxEmit.React : JsxEmit.ReactJSX };
}

function describe(typescript: TypeScript, { file, start, messageText }: ts.Diagnostic): string {
  const message = typescript.flattenDiagnosticMessageText(messageText, ' ');
  if (!file || start === undefined) return message;
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return `${basename(file.fileName)}:${line + 1}:${character + 1} - ${message}`;
}
