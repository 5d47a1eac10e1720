import { statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import type ts from 'typescript';
import { packageRoot } from '../packages';
import type { AmbientFile } from './ambient';
import { bindCellFile, parseCellFile } from './cell-file';
import { GLOBALS, GLOBALS_FILE } from './globals';
import { KeptProgram, semanticDiagnostics } from './kept-program';
import { nodeGlobals, NODE_GLOBALS_FILE, untypedGlobals } from './node-globals';
import { mayDependOnNodeTypes } from './node-types';
import { createPackageFormatCache, withPackageFormats } from './package-formats';
import { createModuleResolver } from './resolution';
import { libraryFile } from './library-files';
import type { TypeScript } from './typescript';

/** What tslab's converter uses of TypeScript's builder program. */
export interface Builder {
  getProgram(): ts.Program;
  getSourceFile(fileName: string): ts.SourceFile | undefined;
  getAllDependencies(file: ts.SourceFile): readonly string[];
  emit(
    file: ts.SourceFile | undefined,
    writeFile: ts.WriteFileCallback | undefined,
    cancellation?: ts.CancellationToken,
    emitOnlyDts?: boolean,
    transformers?: ts.CustomTransformers,
  ): ts.EmitResult;
}

export interface ProgramHost {
  readonly rootFiles: readonly string[];
  readonly options: ts.CompilerOptions;
  readonly system: ts.System;
  /** The options without Node's types, for first cells that need none; undefined if all need them. */
  readonly optionsWithoutNode: ts.CompilerOptions | undefined;
  /** Whether a program may serve later cells too. */
  readonly keepsPrograms: boolean;
  /** Set by the converter: called with the builder whenever the program was made anew. */
  afterProgramCreate?: (builder: Builder) => void;
  /** Hears of a file beside the notebook that changed since it was read. */
  readonly onChange: (fileName: string) => void;
  /** Sees every file that the converter emits. */
  readonly onEmit: (fileName: string, text: string) => void;
}

export interface Programs {
  close(): void;
  updateRootFileNames(files: string[]): void;
  /** Whether an import in a cell finds a module. */
  findsModule(specifier: string): boolean;
  /** Sets the declaration files that cells have in common. */
  setAmbient(files: readonly AmbientFile[]): void;
  /** From the next program on, Node's types are known, whether the cell needs them or not. */
  readNodeTypes(): void;
  /** The next cell gets a program of its own: what this one lacks may be there by then. */
  forget(): void;
}

type EmittingProgram = ts.Program & {
  emit(...args: [...Parameters<ts.Program['emit']>, forceDtsEmit: boolean]): ts.EmitResult;
};

interface CachedFile {
  readonly file: ts.SourceFile | undefined;
  /** Undefined for files that do not change while a notebook is open (libraries). */
  readonly modified: number | undefined;
}

/**
 * Stands in for TypeScript's watch program under tslab's converter. It keeps what the converter
 * relies on (two virtual files announced by `watchFile`, one rebuild per `setTimeout` callback) and
 * drops the watch program's own bookkeeping, which builds a second type checker for every cell.
 */
export function createPrograms(typescript: TypeScript, host: ProgramHost): Programs {
  const { system, options } = host;
  const { target = typescript.ScriptTarget.Latest } = options;
  const cache = new Map<string, CachedFile>();
  const virtual = new Set(host.rootFiles);
  let optionsWithoutNode = host.optionsWithoutNode;
  let rootFiles = host.rootFiles;
  let ambient: ReadonlyMap<string, string> = new Map();
  const kept = new KeptProgram(typescript, options);
  let program: ts.Program | undefined;
  /** What Node's types leave out, once a program has them. */
  let globals: string | undefined;
  // Where the notebook says itself which types there are, nothing is added to them.
  const hasOwnTypes = host.optionsWithoutNode === undefined;
  let timer: unknown;

  const compilerHost: ts.CompilerHost = {
    fileExists: (path) =>
      virtual.has(path) || path === GLOBALS_FILE || ambient.has(path) || system.fileExists(path),
    readFile,
    directoryExists: (path) => system.directoryExists(path),
    getDirectories: (path) => system.getDirectories(path),
    ...(system.realpath && { realpath: system.realpath.bind(system) }),
    getCurrentDirectory: () => system.getCurrentDirectory(),
    getCanonicalFileName: (path) => path,
    getNewLine: () => '\n',
    useCaseSensitiveFileNames: () => true,
    getDefaultLibFileName: (target) => typescript.getDefaultLibFilePath(target),
    getDefaultLibLocation: () => dirname(typescript.getDefaultLibFilePath(options)),
    writeFile: () => undefined,
    // What a module beside the notebook imports may have come, gone, or moved.
    hasInvalidatedResolutions: mayChange,
    getSourceFile(path, languageVersion) {
      const cached = cache.get(path);
      if (cached) return cached.file;
      const file = libraryFile(typescript, path, target, () => parse(path, languageVersion));
      if (file === undefined) return undefined;
      const watch = mayChange(path);
      // The converter puts a watcher of its own in between, by which it knows what to emit again.
      if (watch) system.watchFile?.(path, () => undefined);
      cache.set(path, { file, modified: watch ? modifiedAt(path) : undefined });
      return file;
    },
    resolveModuleNameLiterals: (literals, containingFile, _redirect, _options, containing) =>
      literals.map((literal) =>
        resolver(
          literal.text,
          containingFile,
          typescript.getModeForUsageLocation(containing, literal, options),
        ),
      ),
  };
  const newResolutionCache = () =>
    typescript.createModuleResolutionCache(system.getCurrentDirectory(), (path) => path, options);
  const packageFormats = withPackageFormats(newResolutionCache(), createPackageFormatCache());
  compilerHost.getModuleResolutionCache = () => packageFormats;
  let resolver = createModuleResolver(typescript, options, compilerHost, newResolutionCache());

  /** The converter asks for a cell's file and its names first, so the program is made only when asked for. */
  const newBuilder = (): Builder => {
    let current: ts.Program | undefined;
    const getProgram = (): ts.Program => (current ??= programForCell());
    return {
      getProgram,
      getSourceFile: (fileName) =>
        virtual.has(fileName) ? virtualFile(fileName) : getProgram().getSourceFile(fileName),
      // The modules beside the notebook are compiled apart (`local-modules.ts`).
      getAllDependencies: (file) => [file.fileName],
      emit: (file, writeFile, cancellation, emitOnlyDts, transformers) =>
        (getProgram() as EmittingProgram).emit(
          file,
          (fileName, text, ...rest) => {
            host.onEmit(fileName, text);
            writeFile?.(fileName, text, ...rest);
          },
          cancellation,
          emitOnlyDts,
          transformers,
          // Types of a package outside the notebook's folders cannot be named portably; the
          // declarations are for the next cell here, so that is no reason to hold them back.
          /* forceDtsEmit */ true,
        ),
    };
  };

  function programForCell(): ts.Program {
    if (dropChangedFiles()) kept.forget();
    // Fresh for every cell, so that a package installed meanwhile is found.
    resolver = createModuleResolver(typescript, options, compilerHost, newResolutionCache());
    const files = [...virtual].flatMap((path) => virtualFile(path) ?? []);
    if (optionsWithoutNode) {
      const served = files.some((file) => mayDependOnNodeTypes(typescript, file))
        ? undefined
        : programFor(files, optionsWithoutNode);
      if (served && !files.some((file) => hasErrors(served, file))) return served;
      readNodeTypes();
    }
    return programFor(files, options);
  }

  function programFor(files: readonly ts.SourceFile[], itsOptions: ts.CompilerOptions): ts.Program {
    const adopted = kept.adopt(files, resolver);
    if (adopted) return adopted;
    const made = createProgram(itsOptions);
    if (host.keepsPrograms) kept.keep(made, files);
    return made;
  }

  function readNodeTypes(): void {
    if (!optionsWithoutNode) return;
    optionsWithoutNode = undefined;
    program = undefined;
    kept.forget();
  }

  function createProgram(itsOptions: ts.CompilerOptions): ts.Program {
    const hasNodeGlobals = itsOptions === options && !hasOwnTypes;
    const create = (): ts.Program =>
      typescript.createProgram({
        rootNames: [
          ...rootFiles,
          GLOBALS_FILE,
          ...(hasNodeGlobals ? [NODE_GLOBALS_FILE] : []),
          ...ambient.keys(),
        ],
        options: itsOptions,
        host: compilerHost,
        ...(program && { oldProgram: program }),
      });
    if (!hasNodeGlobals || globals !== undefined) return (program = create());
    globals = nodeGlobals(typescript);
    program = create();
    const untyped = untypedGlobals(typescript, program);
    if (untyped === '') return program;
    globals += untyped;
    cache.delete(NODE_GLOBALS_FILE);
    return (program = create());
  }

  function parse(
    path: string,
    version: ts.ScriptTarget | ts.CreateSourceFileOptions,
  ): ts.SourceFile | undefined {
    const text = readFile(path);
    if (text === undefined) return undefined;
    if (isCell(path)) return parseCellFile(typescript, path, text, target);
    const setParentNodes = virtual.has(path);
    return typescript.createSourceFile(path, text, optionsFor(path, version), setParentNodes);
  }

  function virtualFile(path: string): ts.SourceFile | undefined {
    const file = compilerHost.getSourceFile(path, target);
    // The converter reads `locals`, which otherwise only a type checker fills in.
    if (file && isCell(path)) bindCellFile(typescript, file, options);
    else if (file) typescript.bindSourceFile(file, options);
    return file;
  }

  function rebuild(): void {
    host.afterProgramCreate?.(newBuilder());
  }

  function dropChangedFiles(): boolean {
    let changed = false;
    for (const [path, { modified }] of cache) {
      if (modified === undefined || modified === modifiedAt(path)) continue;
      cache.delete(path);
      host.onChange(path);
      changed = true;
    }
    return changed;
  }

  function schedule(path: string): void {
    cache.delete(path);
    if (timer !== undefined) system.clearTimeout?.(timer);
    timer = system.setTimeout?.(() => {
      timer = undefined;
      rebuild();
    }, 0);
  }

  const watchers = host.rootFiles.map((path) =>
    system.watchFile?.(path, () => {
      schedule(path);
    }),
  );
  rebuild();

  return {
    close: () => {
      for (const watcher of watchers) watcher?.close();
    },
    readNodeTypes,
    forget: () => {
      kept.forget();
    },
    findsModule(specifier) {
      const from = join(system.getCurrentDirectory(), 'cell.ts');
      const mode = typescript.ModuleKind.ESNext;
      return isBuiltin(specifier) || resolver(specifier, from, mode).resolvedModule !== undefined;
    },
    setAmbient(files) {
      const texts = new Map(
        files.map(({ name, text }) => [join(system.getCurrentDirectory(), name), text] as const),
      );
      const isSame = (path: string): boolean => ambient.get(path) === texts.get(path);
      const paths = [...new Set([...ambient.keys(), ...texts.keys()])];
      if (paths.every(isSame)) return;
      for (const path of paths) if (!isSame(path)) cache.delete(path);
      ambient = texts;
      kept.forget();
    },
    updateRootFileNames(files) {
      rootFiles = files;
      schedule('');
    },
  };

  function readFile(path: string): string | undefined {
    if (path === NODE_GLOBALS_FILE) return globals;
    return path === GLOBALS_FILE ? GLOBALS : (ambient.get(path) ?? system.readFile(path));
  }

  /** Only inspection shows the comments of libraries; they are a third of the time to read these. */
  function optionsFor(
    path: string,
    version: ts.ScriptTarget | ts.CreateSourceFileOptions,
  ): ts.ScriptTarget | ts.CreateSourceFileOptions {
    if (typeof version !== 'object') return version;
    if (isTypeScript(path))
      return {
        ...version,
        setExternalModuleIndicator: asModule(version.setExternalModuleIndicator),
      };
    if (!isLibraryTypes(path)) return version;
    return { ...version, jsDocParsingMode: typescript.JSDocParsingMode.ParseNone };
  }

  function isLibraryTypes(path: string): boolean {
    return !mayChange(path) && /\.d\.[cm]?ts$/.test(path);
  }

  function isCell(path: string): boolean {
    return virtual.has(path) && !path.endsWith('.d.ts');
  }

  function mayChange(path: string): boolean {
    return (
      !virtual.has(path) &&
      !ambient.has(path) &&
      !path.includes('/node_modules/') &&
      !path.startsWith(packageRoot)
    );
  }
}

type ModuleIndicator = (file: ts.SourceFile) => void;

/** Every TypeScript file is a module: it is loaded as one, and gives no names to others otherwise. */
function asModule(indicate: ModuleIndicator | undefined): ModuleIndicator {
  return (file) => {
    indicate?.(file);
    (file as { externalModuleIndicator?: unknown }).externalModuleIndicator ??= true;
  };
}

function isTypeScript(path: string): boolean {
  return /\.[cm]?tsx?$/.test(path) && !/\.d\.[cm]?ts$/.test(path);
}

function hasErrors(program: ts.Program, file: ts.SourceFile): boolean {
  return (
    program.getSyntacticDiagnostics(file).length > 0 ||
    semanticDiagnostics(program, file).length > 0
  );
}

function modifiedAt(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return -1;
  }
}
