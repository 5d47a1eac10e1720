import Module from 'node:module';
import type {
  CompletionInfo,
  Converter,
  ConvertResult,
  Diagnostic,
  IsCompleteResult,
} from 'tslab/dist/converter';
import type ts from 'typescript';
import { requireFromKernel } from '../packages';
import { toCellCode, type CellCode } from './cell-code';
import { readCommentsOf } from './comments';
import { notebookOptions } from './compiler-options';
import { semanticDiagnostics } from './kept-program';
import { LocalModuleCompiler, type CompiledModules } from './local-modules';
import { modulesOf } from './module-diagnostics';
import { createPrograms, type ProgramHost, type Programs } from './programs';
import { NODE_CONDITIONS, typeRoots } from './resolution';
import { visitWithShorthand, type CompiledCell } from './shorthand';
import { topLevelAwaits } from './top-level-await';
import type { TypeScript } from './typescript';

export type { CompletionInfo, ConvertResult };

/** What is known about a name, and where it is declared. */
export interface Inspection extends ts.QuickInfo {
  readonly declarations: readonly ts.Declaration[];
}

/** tslab's converter and what its emit passes by on the way. */
export interface Tslab {
  readonly converter: Omit<Converter, 'inspect'> & {
    inspect(...asked: Parameters<Converter['inspect']>): Inspection | undefined;
  };
  isCompleteCode(code: string): IsCompleteResult;
  /** The cell code of the last `convert` that gave an output. */
  lastCell(): CellCode | undefined;
  /** The declarations of the last converted cell alone, without those of earlier cells. */
  lastDeclarations(): string;
  /**
   * The modules beside the notebook that the last converted cell needs, or their errors.
   * @param imports What the cell imports when it runs.
   */
  lastModules(imports: readonly string[]): CompiledModules & { readonly diagnostics: Diagnostic[] };
  /** From now on, Node's types are known without a cell's asking for them. */
  readNodeTypes(): void;
}

const FORK = '@tslab/typescript-for-tslab';

/**
 * Loads tslab's converter on stock TypeScript: its fork's few extra functions are supplied here, and
 * its `require` of the fork is answered with them, with or without an npm override.
 */
export function loadTslab(
  typescript: TypeScript,
  cwd: string,
  { keepsPrograms }: { readonly keepsPrograms: boolean },
): Tslab {
  let esModule = '';
  let declarations = '';
  let cell: CellCode | undefined;
  let programs: Programs | undefined;
  let compiled: CompiledCell | undefined;
  let checked: CheckedCell | undefined;
  const localModules = new LocalModuleCompiler(typescript);

  const fromNotebook = notebookOptions(typescript, cwd);
  const watched = new Map<string, ts.FileWatcherCallback>();

  const adapter: Record<string, unknown> = { ...typescript, __esModule: true };
  // The converter takes its folder from here; this process may stand elsewhere.
  const system = Object.create(typescript.sys) as ts.System;
  system.getCurrentDirectory = () => cwd;
  // Files are compared when a cell is compiled; the converter only needs to hear of changes then.
  system.watchFile = (path, changed) => {
    watched.set(path, changed);
    return { close: () => watched.delete(path) };
  };
  Object.assign(adapter, {
    sys: system,
    getNullTransformationContext: () => typescript.nullTransformationContext,
    getDefaultTypeRoots: () => typeRoots(cwd),
    getPreEmitDiagnosticsOfFiles(program: ts.Program, files: readonly ts.SourceFile[]) {
      compiled = {
        checker: program.getTypeChecker(),
        earlier: files[0]?.parent as ts.SourceFile | undefined,
      };
      checked = files[0] && { program, file: files[0] };
      return files.flatMap((file, index) => [
        ...program.getSyntacticDiagnostics(file),
        ...semanticDiagnostics(program, file),
        ...(index === 0 ? topLevelAwaits(typescript, file) : []),
      ]);
    },
    visitEachChild: visitWithShorthand(typescript, () => compiled),
    getQuickInfoAtPosition: (
      file: ts.SourceFile,
      checker: ts.TypeChecker,
      _token: unknown,
      position: number,
    ) => quickInfo(typescript, file, checker, position),
    Completions: {
      ...typescript.Completions,
      getCompletionsAtPositionForTslab: (
        host: object,
        ...rest: Tail<Parameters<TypeScript['Completions']['getCompletionsAtPosition']>>
      ) => typescript.Completions.getCompletionsAtPosition(host, ...rest),
    },
    createWatchCompilerHost: (
      rootFiles: readonly string[],
      options: ts.CompilerOptions,
      sys: ts.System,
    ): ProgramHost => ({
      rootFiles,
      options: { ...cellOptions(typescript, options, cwd), ...fromNotebook },
      optionsWithoutNode:
        'types' in fromNotebook || 'lib' in fromNotebook
          ? undefined
          : { ...cellOptions(typescript, options, cwd), ...fromNotebook, types: [] },
      system: sys,
      keepsPrograms,
      onChange(path) {
        localModules.forget();
        watched.get(path)?.(path, typescript.FileWatcherEventKind.Changed);
      },
      onEmit(fileName, text) {
        if (fileName.endsWith('__tslab__.js')) esModule = text;
        if (fileName.endsWith('__tslab__.d.ts')) declarations = text;
      },
    }),
    createWatchProgram: (host: ProgramHost) => (programs = createPrograms(typescript, host)),
    transpileModule(js: string, options: ts.TranspileOptions): ts.TranspileOutput {
      const supported = withoutOption(options.compilerOptions ?? {}, 'noImplicitUseStrict');
      if (js !== esModule)
        return typescript.transpileModule(js, { ...options, compilerOptions: supported });
      cell = toCellCode(typescript, js, { ...options, compilerOptions: supported });
      return { outputText: cell.js };
    },
  });

  const tslab = requireWith(FORK, adapter, 'tslab/dist/converter') as {
    createConverter(options: object): Converter;
    isCompleteCode(code: string): IsCompleteResult;
  };
  return {
    // It passes on what the adapter tells it about a name.
    converter: tslab.createConverter({ isJS: false, isBrowser: false }) as Tslab['converter'],
    isCompleteCode: (code) => tslab.isCompleteCode(code),
    lastCell: () => cell,
    lastDeclarations: () => declarations,
    lastModules(imports) {
      if (!checked) return { diagnostics: [], modules: [], targets: {} };
      const { program, file } = checked;
      const found = modulesOf(typescript, localModules, program, file, imports, cwd);
      if (found.diagnostics.length > 0) programs?.forget();
      return found;
    },
    readNodeTypes: () => programs?.readNodeTypes(),
  };
}

/** The cell that was checked last, and with what. */
interface CheckedCell {
  readonly program: ts.Program;
  readonly file: ts.SourceFile;
}

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest]
  ? Rest
  : never;

/** The converter's options, on today's TypeScript and for bundler-style packages. */
function cellOptions(
  typescript: TypeScript,
  options: ts.CompilerOptions,
  cwd: string,
): ts.CompilerOptions {
  return {
    ...withoutOption(withoutOption(options, 'disableTopLevelAwait'), 'noImplicitUseStrict'),
    module: typescript.ModuleKind.ESNext,
    moduleResolution: typescript.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    customConditions: NODE_CONDITIONS,
    lib: ['lib.esnext.d.ts'],
    types: ['node'],
    typeRoots: typeRoots(cwd),
    inlineSourceMap: true,
    // Their types are read, but errors in somebody's JavaScript must not stop a cell.
    checkJs: false,
  };
}

/** Options of tslab's fork or of older versions, which TypeScript would refuse. */
function withoutOption(options: ts.CompilerOptions, name: string): ts.CompilerOptions {
  return Object.fromEntries(Object.entries(options).filter(([option]) => option !== name));
}

function quickInfo(
  typescript: TypeScript,
  file: ts.SourceFile,
  checker: ts.TypeChecker,
  position: number,
): Inspection | undefined {
  const node = typescript.getTouchingPropertyName(file, position);
  if (node === file) return undefined;
  const symbol = checker.getSymbolAtLocation(node);
  if (!symbol) return undefined;
  readCommentsOf(typescript, checker, symbol, node);
  const display = typescript.SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind(
    checker,
    symbol,
    file,
    typescript.getContainerNode(node),
    node,
  );
  return {
    kind: display.symbolKind,
    kindModifiers: typescript.SymbolDisplay.getSymbolModifiers(checker, symbol),
    textSpan: { start: node.getStart(file), length: node.getWidth(file) },
    ...(display.displayParts && { displayParts: display.displayParts }),
    ...(display.documentation && { documentation: display.documentation }),
    ...(display.tags && { tags: display.tags }),
    declarations: declarationsOf(typescript, checker, symbol),
  };
}

/** Where an imported name is declared; a whole module is told by its import. */
function declarationsOf(
  typescript: TypeScript,
  checker: ts.TypeChecker,
  symbol: ts.Symbol,
): readonly ts.Declaration[] {
  const own = symbol.declarations ?? [];
  if (!(symbol.flags & typescript.SymbolFlags.Alias) || own.some(typescript.isNamespaceImport))
    return own;
  const meant = checker.getAliasedSymbol(symbol).declarations ?? [];
  const declarations = meant.filter((node) => !typescript.isSourceFile(node));
  return declarations.length > 0 ? declarations : own;
}

interface ModuleLoader {
  _load(request: string, parent: unknown, isMain: boolean): unknown;
}

/** Requires `wanted`, answering its requests for `replaced` with `replacement`. */
function requireWith(replaced: string, replacement: unknown, wanted: string): unknown {
  const loader = Module as unknown as ModuleLoader;
  const load = loader._load.bind(loader);
  loader._load = (request, parent, isMain) =>
    request === replaced ? replacement : load(request, parent, isMain);
  try {
    const file = requireFromKernel.resolve(wanted);
    // Each language has its own adapter, so the converter is not shared through the cache.
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the cache is a plain object, and a module in it is forgotten in no other way
    delete requireFromKernel.cache[file];
    return requireFromKernel(file);
  } finally {
    loader._load = load;
  }
}
