import type ts from 'typescript';
import type { TypeScript } from './typescript';

type ParsedFile = ts.SourceFile & {
  readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[];
  readonly locals?: Map<string, ts.Symbol>;
  externalModuleIndicator?: unknown;
};

/** What tslab puts before a cell to make it a module, on a line of its own. */
const MODULE_MARK = 'export {};';
/** Where the user's text begins in a cell's file. */
export const CELL_START = `${MODULE_MARK}\n`.length;

/** The name of `declare global` in a file's `locals`. */
const GLOBAL = '__global';

/**
 * A cell's file as tslab's converter has its text. It is a module by itself, so that the first line of
 * the user's is the first of the file: comments for the compiler (`// @ts-nocheck`, `@jsx`,
 * `/// <reference>`) only count there.
 */
export function parseCellFile(
  typescript: TypeScript,
  path: string,
  text: string,
  languageVersion: ts.ScriptTarget,
): ts.SourceFile {
  const own = text.startsWith(MODULE_MARK)
    ? ' '.repeat(MODULE_MARK.length) + text.slice(MODULE_MARK.length)
    : text;
  return parseAsWritten(typescript, path, own, languageVersion);
}

/** A cell's text by itself: as TypeScript, or with JSX where that makes more sense of it. */
export function parseCell(typescript: TypeScript, code: string): ParsedFile {
  return parseAsWritten(typescript, 'cell.ts', code, typescript.ScriptTarget.Latest);
}

/** The syntax errors of a cell, which say nothing of what the converter puts behind it. */
export function syntaxErrors(
  typescript: TypeScript,
  code: string,
): readonly ts.DiagnosticWithLocation[] {
  return parseCell(typescript, code).parseDiagnostics;
}

function parseAsWritten(
  typescript: TypeScript,
  path: string,
  text: string,
  languageVersion: ts.ScriptTarget,
): ParsedFile {
  const parse = (kind: ts.ScriptKind): ParsedFile =>
    typescript.createSourceFile(
      path,
      text,
      { languageVersion, setExternalModuleIndicator: markAsModule },
      /* setParentNodes */ true,
      kind,
    ) as ParsedFile;
  const plain = parse(typescript.ScriptKind.TS);
  if (plain.parseDiagnostics.length === 0) return plain;
  const withJsx = parse(typescript.ScriptKind.TSX);
  return withJsx.parseDiagnostics.length < plain.parseDiagnostics.length ? withJsx : plain;
}

function markAsModule(file: ts.SourceFile): void {
  (file as ParsedFile).externalModuleIndicator = true;
}

/**
 * Binds a cell's file and lets its `locals` tell nothing but names, since the converter takes them for
 * the cell's: `declare module 'x'` and `declare global` stand there too, and `__name` with one more `_`.
 */
export function bindCellFile(
  typescript: TypeScript,
  file: ts.SourceFile,
  options: ts.CompilerOptions,
): void {
  typescript.bindSourceFile(file, options);
  const { locals } = file as ParsedFile;
  if (!locals) return;
  locals.forEach = (tell) => {
    for (const [name, symbol] of locals)
      if (!name.startsWith('"') && name !== GLOBAL)
        tell(symbol, name.startsWith('___') ? name.slice(1) : name, locals);
  };
}
