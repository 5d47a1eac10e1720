import type { Diagnostic } from 'tslab/dist/converter';
import type { CellError, CellSource, Completeness, Completion } from '../contract';
import type { MimeBundle } from '../../host';
import { UserSource } from '../user-source';
import {
  mayBeAmbient,
  withoutAmbientModules,
  withoutRedeclared,
  type AmbientFile,
} from './ambient';
import type { CellCode } from './cell-code';
import { CellDeclarations } from './cell-declarations';
import { cellDiagnostics, cellSyntaxErrors } from './cell-diagnostics';
import { completeness } from './completeness';
import { completionOf } from './completion';
import { definitionOf } from './definition';
import { diagnosticsError, withKept } from './diagnostics';
import type { LocalModule, Targets } from './module-code';
import { KnownDeclarations, readDeclared, type CellDeclared } from './known-declarations';
import { moduleText } from './module-text';
import { createOnDemandCompiler } from './on-demand';
import { joinedBundles, quickInfoBundle } from './quick-info';
import { signatureBundle } from './signature-info';
import { isRunnable } from './runnable';
import { survivors, textOfStatements } from './survivors';
import { loadTslab, type Tslab } from './tslab';
import type { TypeChecks } from './type-checks';
import { loadTypeScript, type TypeScript } from './typescript';

/** A compiled cell, as it goes to the cell process. */
export interface CompiledCell extends CellCode {
  /** Whether the cell ends in an expression, whose value it is. */
  readonly hasValue: boolean;
  readonly isAsync: boolean;
  /** Modules beside the notebook that the cell needs, compiled. */
  readonly modules: readonly LocalModule[];
  /** Which file is meant by what the cell imports, where that is no package. */
  readonly targets: Targets;
}

export type CompileResult =
  | {
      readonly status: 'ok';
      readonly cell: CompiledCell;
      /** Type errors that were to be told and passed over, in lines. */
      readonly warnings?: readonly string[];
    }
  /** Nothing to run: white space and comments only. */
  | { readonly status: 'empty' }
  | {
      readonly status: 'error';
      readonly error: CellError;
      /** What of the cell no error reaches: definitions to run all the same, and the error that says so. */
      readonly kept?: { readonly cell: CompiledCell; readonly error: CellError };
    };

/** The language of a notebook: what its cells declared so far, and questions about code in that light. */
export interface Language {
  /** Type-checks and compiles; what the cell declares counts only once it is committed. */
  compile(code: string, executionCount: number, source?: CellSource): CompileResult;
  /** Keeps what the last compiled cell declared: all of it, or of its values only those named. */
  commit(kept: 'all' | readonly string[]): void;
  complete(code: string, offset: number): Completion;
  /**
   * What is known about the name at `offset`, and about the call around it that begins at `from` or later;
   * detail 1 adds every tag and the definition.
   */
  inspect(code: string, offset: number, detail: 0 | 1, from?: number): MimeBundle | undefined;
  isComplete(code: string): Completeness;
  /** Sets what type errors cost the cells that follow, if told to, and says how it is set. */
  typeChecks(checks?: TypeChecks): TypeChecks;
  /** What a cell would be compiled to, whatever its types say; undefined where it is no code at all. */
  previewCell(code: string): CompiledCell | undefined;
  /** The same for a module beside the notebook. Throws when the file isn't there or no code. */
  previewModule(path: string): LocalModule;
  /** Forgets the declarations of earlier cells: those of the cell that runs count once it is committed. */
  forget(): void;
  /** Forgets every declaration: the variables behind them are gone. */
  reset(): void;
  /** Reads what most cells need and the first may not: Node's types. Takes half a second. */
  readAhead(): void;
  close(): void;
}

interface Origin {
  readonly code: string;
  readonly source: CellSource | undefined;
  /** What earlier cells declare for all modules, and this one. */
  readonly ambient: readonly AmbientFile[];
}

interface PendingCell extends Origin {
  readonly declared: CellDeclared;
  readonly names: readonly string[];
}

interface Converted {
  readonly diagnostics: readonly Diagnostic[];
  /** Whether some of them are about modules beside the notebook. */
  readonly local: boolean;
  /** Where nothing is wrong and something is there. */
  readonly cell?: CompiledCell;
}

/**
 * Loads TypeScript and tslab's converter for notebooks in `cwd`: about a second of work.
 * @param options.keepsPrograms False makes a program for every cell: slower, with the same results.
 */
export function createLanguage(cwd: string, { keepsPrograms = true } = {}): Language {
  const typescript = loadTypeScript();
  const tslab = loadTslab(typescript, cwd, { keepsPrograms });
  return new ConverterLanguage(typescript, tslab, cwd);
}

class ConverterLanguage implements Language {
  private known = KnownDeclarations.none;
  private ambient: readonly AmbientFile[] = [];
  private ambientCount = 0;
  private checks: TypeChecks = 'strict';
  private pending: PendingCell | undefined;
  private readonly cells: CellDeclarations;
  private compileModule: ((path: string) => LocalModule) | undefined;

  constructor(
    private readonly typescript: TypeScript,
    private readonly tslab: Tslab,
    private readonly cwd: string,
  ) {
    this.cells = new CellDeclarations(typescript);
  }

  compile(code: string, executionCount: number, source?: CellSource): CompileResult {
    this.pending = undefined;
    const tell = (diagnostics: readonly Diagnostic[]): CellError =>
      diagnosticsError(diagnostics, new UserSource(code, source), executionCount);
    if (this.isBlank(code)) {
      const open = cellSyntaxErrors(this.typescript, code);
      return open.length > 0 ? { status: 'error', error: tell(open) } : { status: 'empty' };
    }
    const { text, ambient } = this.prepare(code);
    const from = { code, source, ambient };
    const converted = this.convert(text);
    if (converted.diagnostics.length > 0) {
      const error = tell(cellDiagnostics(this.typescript, text, converted.diagnostics));
      const kept = converted.local ? undefined : this.keep(text, from);
      return kept
        ? { status: 'error', error, kept: { cell: kept.cell, error: withKept(error, kept.names) } }
        : { status: 'error', error };
    }
    const errors = this.checks === 'strict' ? [] : this.tslab.lastTypeErrors();
    const cell = this.accept(converted, from);
    if (cell === undefined) return { status: 'empty' };
    if (errors.length === 0 || (this.checks === 'off' && isRunnable(cell.js)))
      return { status: 'ok', cell };
    const error = tell(cellDiagnostics(this.typescript, text, errors));
    return isRunnable(cell.js)
      ? { status: 'ok', cell, warnings: error.traceback }
      : { status: 'error', error };
  }

  commit(kept: 'all' | readonly string[]): void {
    const pending = this.pending;
    this.pending = undefined;
    if (pending === undefined) return;
    const ran = kept === 'all' ? undefined : new Set(kept);
    const lost = new Set(pending.names.filter((name) => ran?.has(name) === false));
    this.cells.remember(pending.code, pending.source, lost);
    this.known = this.known.with(pending.declared, lost);
    const { augmentations } = pending.declared;
    this.ambient =
      augmentations.length === 0
        ? pending.ambient
        : [
            ...pending.ambient,
            this.ambientFile(`export {};\n${this.known.text}${augmentations.join('\n')}`),
          ];
  }

  complete(code: string, offset: number): Completion {
    this.tslab.readNodeTypes();
    const { text } = this.prepare(code);
    return completionOf(this.tslab.converter.complete(this.known.text, text, offset), offset);
  }

  inspect(code: string, offset: number, detail: 0 | 1, from = 0): MimeBundle | undefined {
    this.tslab.readNodeTypes();
    const { text } = this.prepare(code);
    const help = this.tslab.signatureHelp(this.known.text, text, offset, from);
    const signature = help && signatureBundle(help);
    // Behind a bracket or a comma, the nearest name is the function's own or that of another argument.
    const isAtName = /[\p{ID_Continue}$]/u.test(code.slice(Math.max(0, offset - 1), offset + 1));
    if (signature !== undefined && !isAtName) return signature;
    return joinedBundles(this.quickInfo(text, offset, detail), signature);
  }

  private quickInfo(text: string, offset: number, detail: 0 | 1): MimeBundle | undefined {
    // At the end of a name, ask about the name.
    for (const position of [offset, offset - 1]) {
      if (position < 0) continue;
      const info = this.tslab.converter.inspect(this.known.text, text, position);
      if (!info) continue;
      if (detail === 0) return quickInfoBundle(info);
      return quickInfoBundle(info, definitionOf(this.typescript, info.declarations, this.cells));
    }
    return undefined;
  }

  isComplete(code: string): Completeness {
    return completeness(this.typescript, (text) => this.tslab.isCompleteCode(text), code);
  }

  previewCell(code: string): CompiledCell | undefined {
    if (this.isBlank(code)) return undefined;
    // What was compiled before may be running: it is still to be committed.
    try {
      this.tslab.setStrict(false);
      return this.convert(this.prepare(code).text).cell;
    } finally {
      this.tslab.setStrict(this.checks === 'strict');
    }
  }

  previewModule(path: string): LocalModule {
    this.compileModule ??= createOnDemandCompiler(this.cwd);
    return this.compileModule(path);
  }

  forget(): void {
    const earlier = new Set(this.ambient);
    this.known = KnownDeclarations.none;
    this.ambient = [];
    this.cells.clear();
    if (!this.pending) return;
    const ambient = this.pending.ambient.filter((file) => !earlier.has(file));
    this.pending = { ...this.pending, ambient };
  }

  reset(): void {
    this.pending = undefined;
    this.forget();
  }

  readAhead(): void {
    this.tslab.readNodeTypes();
    // A question that leaves what waits to be committed alone.
    this.tslab.converter.inspect(this.known.text, '0', 0);
  }

  close(): void {
    this.tslab.converter.close();
  }

  typeChecks(checks?: TypeChecks): TypeChecks {
    if (checks !== undefined) {
      this.checks = checks;
      this.tslab.setStrict(checks === 'strict');
    }
    return this.checks;
  }

  private convert(text: string): Converted {
    const converted = this.tslab.converter.convert(this.known.text, text);
    const cell = this.tslab.lastCell();
    const isCompiled = converted.diagnostics.length === 0 && converted.output !== undefined;
    const local = this.tslab.lastModules(isCompiled && cell ? cell.imports : []);
    return {
      diagnostics: [...converted.diagnostics, ...local.diagnostics],
      local: local.diagnostics.length > 0,
      ...(isCompiled &&
        cell && {
          cell: {
            ...cell,
            hasValue: converted.lastExpressionVar !== undefined,
            isAsync: converted.hasToplevelAwait ?? false,
            modules: local.modules,
            targets: local.targets,
          },
        }),
    };
  }

  /** What was converted last; what it declares waits to be committed. */
  private accept({ cell }: Converted, from: Origin): CompiledCell | undefined {
    if (cell === undefined) return undefined;
    const declared = readDeclared(this.typescript, this.tslab.lastDeclarations(), {
      ...this.tslab.lastNames(),
      names: cell.names,
      earlier: this.known,
    });
    this.pending = { ...from, declared, names: cell.names };
    return cell;
  }

  /** What of a cell with type errors is defined all the same, and its names. */
  private keep(
    text: string,
    from: Origin,
  ): { readonly cell: CompiledCell; readonly names: readonly string[] } | undefined {
    const checked = this.tslab.lastChecked();
    if (!checked || cellSyntaxErrors(this.typescript, text).length > 0) return undefined;
    const left = textOfStatements(text, survivors(this.typescript, checked));
    if (left.trim() === '') return undefined;
    const converted = this.convert(left);
    if (converted.diagnostics.length > 0) return undefined;
    const names = [...this.tslab.lastNames().meanings.keys()];
    const cell = names.length > 0 ? this.accept(converted, from) : undefined;
    return cell && { cell, names };
  }

  /** A cell's text as the converter takes it, with what cells declare for all modules in place. */
  private prepare(code: string): {
    readonly text: string;
    readonly ambient: readonly AmbientFile[];
  } {
    const { typescript, tslab } = this;
    let own = code;
    let ambient = this.ambient;
    if (mayBeAmbient(code)) {
      const split = withoutAmbientModules(typescript, code, (name) => tslab.findsModule(name));
      own = split.code;
      ambient = withoutRedeclared(typescript, this.ambient, code);
      if (split.script !== '') ambient = [...ambient, this.ambientFile(split.script)];
    }
    tslab.setAmbient(ambient);
    const text = moduleText(typescript, own, {
      isEarlier: (name) => this.known.named(name).length > 0,
      exportsOf: (specifier) => tslab.exportsOf(specifier),
    });
    return { text, ambient };
  }

  private ambientFile(text: string): AmbientFile {
    return { name: `__ambient${++this.ambientCount}__.d.ts`, text };
  }

  private isBlank(code: string): boolean {
    const scanner = this.typescript.createScanner(this.typescript.ScriptTarget.Latest, true);
    scanner.setText(code);
    return scanner.scan() === this.typescript.SyntaxKind.EndOfFileToken;
  }
}
