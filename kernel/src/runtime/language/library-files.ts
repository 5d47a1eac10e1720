import { dirname } from 'node:path';
import type ts from 'typescript';
import type { TypeScript } from './typescript';

const files = new Map<string, ts.SourceFile>();

/**
 * A file of TypeScript's own library, parsed once for all programs of this process: these files are the
 * same in each notebook's folder, whatever its options. Others are parsed by `parse` each time.
 */
export function libraryFile(
  typescript: TypeScript,
  path: string,
  languageVersion: ts.ScriptTarget,
  parse: () => ts.SourceFile | undefined,
): ts.SourceFile | undefined {
  if (dirname(path) !== dirname(typescript.getDefaultLibFilePath({}))) return parse();
  const key = `${languageVersion} ${path}`;
  const file = files.get(key) ?? parse();
  if (file) files.set(key, file);
  return file;
}

/** The paths of those that were parsed. */
export function libraryPaths(): string[] {
  return [...files.values()].map(({ fileName }) => fileName);
}
