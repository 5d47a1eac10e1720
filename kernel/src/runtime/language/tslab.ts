import type {
  CompletionInfo,
  Converter,
  ConvertResult,
  Diagnostic,
  IsCompleteResult,
} from 'tslab/dist/converter';
import type ts from 'typescript';
import { requireFromKernel } from '../packages';
import type { AmbientFile } from './ambient';
import { toCellCode, type CellCode } from './cell-code';
import { readCommentsOf } from './comments';
import { notebookOptions } from './compiler-options';
import type { Meanings, Renamed } from './known-declarations';
import { semanticDiagnostics } from './kept-program';
import { librariesHere } from './libraries';
import { LocalModuleCompiler, type CompiledModules } from './local-modules';
import { meaningsOf, renamedIn, variableType } from './meanings';
import { asConverterDiagnostics, modulesOf } from './module-diagnostics';
import { createPrograms, type ProgramHost, type Programs } from './programs';
import { NODE_CONDITIONS, typeRoots } from './resolution';
import { SCOPE_NAME } from './runtime-names';
import { evaluateModule, requireFrom } from './snapshot/load-module';
import { visitWithShorthand, type CompiledCell } from './shorthand';
import type { CheckedCell } from './survivors';
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
  /** The call around a place of a cell that comes after others, if it begins at `from` or later. */
  signatureHelp(
    earlier: string,
    code: string,
    position: number,
    from: number,
  ): ts.SignatureHelpItems | undefined;
  /** The cell code of the last `convert` that gave an output. */
  lastCell(): CellCode | undefined;
  /** The declarations of the last converted cell alone, without those of earlier cells. */
  lastDeclarations(): string;
  /**
   * The modules beside the notebook that the last converted cell needs, or their errors.
   * @param imports What the cell imports when it runs.
   */
  lastModules(imports: readonly string[]): CompiledModules & { readonly diagnostics: Diagnostic[] };
  /** What the names of the last converted cell stand for, and those that it gives another name. */
  lastNames(): {
    readonly meanings: ReadonlyMap<string, Meanings>;
    readonly renamed: readonly Renamed[];
    /** The type of a variable. */
    readonly typeOf: (name: string) => string | undefined;
  };
  /** The last converted cell and its type errors, told or not. */
  lastChecked(): CheckedCell | undefined;
  /** The type errors of the last converted cell as the converter would tell them. */
  lastTypeErrors(): readonly Diagnostic[];
  /** Whether type errors keep a cell from being converted, from now on. */
  setStrict(isStrict: boolean): void;
  /** Whether an import finds a module, other than one that cells declare. */
  findsModule(specifier: string): boolean;
  /** What a module exports. */
  exportsOf(specifier: string): readonly string[];
  /** Sets what cells declare for all modules. */
  setAmbient(files: readonly AmbientFile[]): void;
  /** From now on, Node's types are known without a cell's asking for them. */
  readNodeTypes(): void;
}

const NEVER_CANCELLED: ts.CancellationToken = {
  isCancellationRequested: () => false,
  throwIfCancellationRequested: () => undefined,
};

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
  let isStrict = true;
  let onQuestion:
    ((checker: ts.TypeChecker, file: ts.SourceFile, position: number) => void) | undefined;

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
    // A name that no cell has for itself stands for the variables of earlier ones.
    factory: Object.assign(Object.create(typescript.factory) as ts.NodeFactory, {
      createIdentifier: (text: string) =>
        typescript.factory.createIdentifier(text === 'exports' ? SCOPE_NAME : text),
    }),
    // The value of `export default value` is the cell's, where that comes last.
    isExpressionStatement: (node: ts.Node) =>
      typescript.isExpressionStatement(node) || typescript.isExportAssignment(node),
    getNullTransformationContext: () => typescript.nullTransformationContext,
    getDefaultTypeRoots: () => typeRoots(cwd),
    getPreEmitDiagnosticsOfFiles(program: ts.Program, files: readonly ts.SourceFile[]) {
      compiled = {
        checker: program.getTypeChecker(),
        file: files[0],
        earlier: files[0]?.parent as ts.SourceFile | undefined,
      };
      const [file] = files;
      // Once a file was emitted, TypeScript finds less in it.
      const errors = files.flatMap((one) => semanticDiagnostics(program, one));
      checked = file && { program, file, errors };
      return [
        ...files.flatMap((one) => program.getSyntacticDiagnostics(one)),
        ...(isStrict ? errors : []),
        ...(file ? topLevelAwaits(typescript, file) : []),
      ];
    },
    visitEachChild: visitWithShorthand(typescript, () => compiled),
    getQuickInfoAtPosition: (
      file: ts.SourceFile,
      checker: ts.TypeChecker,
      _token: unknown,
      position: number,
    ) => {
      onQuestion?.(checker, file, position);
      return quickInfo(typescript, file, checker, position);
    },
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
  // It passes on what the adapter tells it about a name.
  const converter = tslab.createConverter({ isJS: false, isBrowser: false }) as Tslab['converter'];
  return {
    converter,
    isCompleteCode: (code) => tslab.isCompleteCode(code),
    lastCell: () => cell,
    lastDeclarations: () => declarations,
    signatureHelp(earlier, code, position, from) {
      let found: ts.SignatureHelpItems | undefined;
      onQuestion = (checker, file, at) => {
        const program = { getTypeChecker: () => checker };
        const { SignatureHelp } = typescript;
        found = SignatureHelp.getSignatureHelpItems(program, file, at, undefined, NEVER_CANCELLED);
        // The file begins with a line of the converter's; the span with what is behind the bracket.
        if (found !== undefined && found.applicableSpan.start - at + position <= from)
          found = undefined;
      };
      try {
        converter.inspect(earlier, code, position);
      } finally {
        onQuestion = undefined;
      }
      return found;
    },
    lastModules(imports) {
      if (!checked) return { diagnostics: [], modules: [], targets: {} };
      const { program, file } = checked;
      const found = modulesOf(typescript, localModules, program, file, imports, { cwd, isStrict });
      if (found.diagnostics.length > 0) programs?.forget();
      return found;
    },
    lastNames() {
      if (!compiled?.file) return { meanings: new Map(), renamed: [], typeOf: () => undefined };
      const { checker, file } = compiled;
      return {
        meanings: meaningsOf(typescript, checker, file),
        renamed: renamedIn(typescript, file),
        typeOf: (name) => variableType(typescript, checker, file, name),
      };
    },
    lastChecked: () => checked,
    lastTypeErrors: () =>
      checked ? asConverterDiagnostics(checked.errors, checked.file, cwd, typescript) : [],
    setStrict: (strict) => {
      isStrict = strict;
    },
    findsModule: (specifier) => programs?.findsModule(specifier) ?? false,
    exportsOf(specifier) {
      let names: readonly string[] = [];
      onQuestion = (checker, file) => {
        const [statement] = file.statements;
        const literal =
          statement && typescript.isImportDeclaration(statement)
            ? checker.getSymbolAtLocation(statement.moduleSpecifier)
            : undefined;
        if (literal) names = checker.getExportsOfModule(literal).map(({ name }) => name);
      };
      try {
        converter.inspect('', `import * as all from ${JSON.stringify(specifier)};`, 0);
      } finally {
        onQuestion = undefined;
      }
      return names;
    },
    setAmbient: (files) => programs?.setAmbient(files),
    readNodeTypes: () => programs?.readNodeTypes(),
  };
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
    // As an ES module, with `import x = require('x')` where a cell says so.
    module: typescript.ModuleKind.Preserve,
    moduleResolution: typescript.ModuleResolutionKind.Bundler,
    target: typescript.ScriptTarget.ES2024,
    allowImportingTsExtensions: true,
    customConditions: NODE_CONDITIONS,
    lib: librariesHere(),
    experimentalDecorators: false,
    types: ['node'],
    typeRoots: typeRoots(cwd),
    // TypeScript would look for a package in place of each of its 70 libraries.
    libReplacement: false,
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

/** Evaluates `wanted` anew, answering its requests for `replaced` with `replacement`. */
function requireWith(replaced: string, replacement: unknown, wanted: string): unknown {
  const file = requireFromKernel.resolve(wanted);
  const load = requireFrom(file);
  // Each language has its own adapter, so the converter is not shared.
  const module: { exports: unknown } = { exports: {} };
  evaluateModule(file, module, (request) => (request === replaced ? replacement : load(request)));
  return module.exports;
}
