import { startupSnapshot } from 'node:v8';
import type ts from 'typescript';
import { requireFromKernel } from '../packages';
import { codeCacheFolder, loadWithCodeCache, type CachedModule } from './code-cache';
import { loadModule } from './snapshot/load-module';
import { withoutOptimizing } from './without-optimizing';

interface TextWriter {
  getText(): string;
}

interface MapGenerator {
  toJSON(): { readonly version: 3; readonly mappings: string };
}

/** What a printer can besides what it declares. */
export interface MappingPrinter {
  writeFile(file: ts.SourceFile, to: TextWriter, map: MapGenerator): void;
}

/** The parts of TypeScript that its declarations leave out and the language needs. */
export interface TypeScriptInternals {
  readonly Completions: {
    getCompletionsAtPosition(
      host: object,
      program: ts.Program,
      log: (message: string) => void,
      file: ts.SourceFile,
      position: number,
      preferences: ts.UserPreferences,
      triggerCharacter: string | undefined,
      kind: ts.CompletionTriggerKind | undefined,
      cancellation: ts.CancellationToken,
      formatContext?: unknown,
      includeSymbol?: boolean,
    ): ts.CompletionInfo | undefined;
  };
  readonly SymbolDisplay: {
    getSymbolDisplayPartsDocumentationAndSymbolKind(
      checker: ts.TypeChecker,
      symbol: ts.Symbol,
      file: ts.SourceFile,
      enclosing: ts.Node | undefined,
      location: ts.Node,
    ): Pick<ts.QuickInfo, 'displayParts' | 'documentation' | 'tags'> & {
      readonly symbolKind: ts.ScriptElementKind;
    };
    getSymbolModifiers(checker: ts.TypeChecker, symbol: ts.Symbol): string;
  };
  readonly SignatureHelp: {
    getSignatureHelpItems(
      program: Pick<ts.Program, 'getTypeChecker'>,
      file: ts.SourceFile,
      position: number,
      triggerReason: ts.SignatureHelpTriggerReason | undefined,
      cancellation: ts.CancellationToken,
    ): ts.SignatureHelpItems | undefined;
  };
  readonly nullTransformationContext: ts.TransformationContext;
  getTouchingPropertyName(file: ts.SourceFile, position: number): ts.Node;
  getContainerNode(node: ts.Node): ts.Node | undefined;
  createModeAwareCache<T>(): {
    get(name: string, mode: ts.ResolutionMode): T | undefined;
    set(name: string, mode: ts.ResolutionMode, value: T): void;
  };
  bindSourceFile(file: ts.SourceFile, options: ts.CompilerOptions): void;
  createTextWriter(newLine: string): TextWriter;
  createSourceMapGenerator(
    host: {
      readonly getCanonicalFileName: (name: string) => string;
      readonly getCurrentDirectory: () => string;
    },
    file: string,
    sourceRoot: string,
    sourcesFolder: string,
    options: object,
  ): MapGenerator;
}

export type TypeScript = typeof ts & TypeScriptInternals;

let loaded: CachedModule | undefined;

/** Loads stock TypeScript: some hundred milliseconds, so only when the language is first needed. */
export function loadTypeScript(): TypeScript {
  loaded ??= withoutOptimizing(() => {
    const file = requireFromKernel.resolve('typescript');
    return startupSnapshot.isBuildingSnapshot()
      ? { exports: loadModule(file), wasCached: true, store: () => undefined }
      : loadWithCodeCache(file, codeCacheFolder());
  });
  return loaded.exports as TypeScript;
}

/** Lets the next process load TypeScript quickly, if this one could not. */
export function storeCompiledTypeScript(): void {
  // V8 takes compiled code under the flags only that it was stored under.
  withoutOptimizing(() => {
    if (loaded?.wasCached === false) loaded.store();
  });
}
