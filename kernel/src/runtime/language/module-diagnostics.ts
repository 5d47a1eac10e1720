import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import type { Diagnostic } from 'tslab/dist/converter';
import type ts from 'typescript';
import { isBare, resolveImport } from '../node-resolution';
import { moduleOwner, packageRoot } from '../packages';
import { CELL_START } from './cell-file';
import { importsOf, localTarget } from './imports';
import { semanticDiagnostics } from './kept-program';
import { localFiles, type CompiledModules, type LocalModuleCompiler } from './local-modules';
import type { TypeScript } from './typescript';

/** TypeScript's code for a module that isn't found. */
const MODULE_NOT_FOUND = 2307;

/** The modules beside the notebook that a cell needs, or what is wrong with them and with its imports. */
export function modulesOf(
  typescript: TypeScript,
  compiler: LocalModuleCompiler,
  program: ts.Program,
  cell: ts.SourceFile,
  imports: readonly string[],
  { cwd, isStrict }: { readonly cwd: string; readonly isStrict: boolean },
): CompiledModules & { readonly diagnostics: Diagnostic[] } {
  const told = (diagnostics: readonly ts.Diagnostic[]): Diagnostic[] =>
    asConverterDiagnostics(diagnostics, cell, cwd, typescript);
  const errors = moduleDiagnostics(program, cell, isStrict);
  if (errors.length > 0) return { modules: [], targets: {}, diagnostics: told(errors) };
  const compiled = compiler.compile(program, cell);
  const missing = [
    ...missingModules(typescript, program, cell, imports),
    ...compiled.modules.flatMap((module) => {
      const file = program.getSourceFile(module.path);
      return file ? missingModules(typescript, program, file, module.imports) : [];
    }),
  ];
  return { ...compiled, diagnostics: told(missing) };
}

/** The errors of the modules beside the notebook that a cell needs, of types only if they count. */
function moduleDiagnostics(
  program: ts.Program,
  cell: ts.SourceFile,
  isStrict: boolean,
): ts.Diagnostic[] {
  return localFiles(program, cell)
    .filter(({ fileName }) => !fileName.includes('/node_modules/'))
    .flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...(isStrict ? semanticDiagnostics(program, file) : []),
    ]);
}

/** What is imported by code that runs, has types, and could not be loaded. */
function missingModules(
  typescript: TypeScript,
  program: ts.Program,
  file: ts.SourceFile,
  specifiers: readonly string[],
): ts.Diagnostic[] {
  const imports = importsOf(program, file);
  const checker = program.getTypeChecker();
  return specifiers.flatMap((specifier) => {
    const found = imports.find(({ literal }) => literal.text === specifier);
    if (!found || canLoad(specifier, file.fileName, localTarget(found.resolved))) return [];
    // Where there are no types either, that is told as a type error, or by what loads it.
    if (!found.resolved && !checker.getSymbolAtLocation(found.literal)) return [];
    const start = found.literal.getStart(file);
    return [
      {
        file,
        start,
        length: found.literal.end - start,
        code: MODULE_NOT_FOUND,
        category: typescript.DiagnosticCategory.Error,
        messageText: `Module '${specifier}' has types, but there is nothing to load. ${
          isBare(specifier)
            ? 'Install the package that it is of.'
            : 'No JavaScript or TypeScript lies beside its types.'
        }`,
      },
    ];
  });
}

/** As the converter tells them: a chain of explanations is one after the other. */
export function asConverterDiagnostics(
  diagnostics: readonly ts.Diagnostic[],
  cell: ts.SourceFile,
  cwd: string,
  typescript: TypeScript,
): Diagnostic[] {
  return diagnostics.flatMap(({ file, start = 0, length = 0, messageText, category, code }) => {
    if (!file) return [];
    const shift = file === cell ? CELL_START : 0;
    const place = (offset: number): Diagnostic['start'] => {
      const { line, character } = file.getLineAndCharacterOfPosition(offset);
      return { offset: offset - shift, line: shift > 0 ? line - 1 : line, character };
    };
    const told = typescript.flattenDiagnosticMessageText(messageText, '\n').split('\n');
    const named = file === cell ? {} : { fileName: relative(cwd, file.fileName) };
    return told.map((text) => ({
      start: place(start),
      end: place(start + length),
      messageText: text.trim(),
      category,
      code,
      ...named,
    }));
  });
}

function canLoad(specifier: string, from: string, target: string | undefined): boolean {
  if (target !== undefined || isBuiltin(specifier)) return true;
  if (specifier.startsWith('node:')) return false;
  if (!isBare(specifier)) return existsSync(resolve(dirname(from), specifier));
  return (
    moduleOwner(specifier) !== 'beside-notebook' ||
    resolveImport(specifier, from) !== undefined ||
    resolveImport(specifier, join(packageRoot, 'package.json')) !== undefined
  );
}
