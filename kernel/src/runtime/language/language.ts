import type { CellError, CellSource, Completeness, Completion } from '../contract';
import type { MimeBundle } from '../../host';
import { UserSource } from '../user-source';
import type { CellCode } from './cell-code';
import { CellDeclarations } from './cell-declarations';
import { completeness } from './completeness';
import { completionOf } from './completion';
import { definitionOf } from './definition';
import { diagnosticsError } from './diagnostics';
import type { LocalModule, Targets } from './module-code';
import { quickInfoBundle } from './quick-info';
import { loadTslab, type ConvertResult, type Tslab } from './tslab';
import { loadTypeScript, type TypeScript } from './typescript';

/** A compiled cell, as it goes to the cell process. */
export interface CompiledCell extends CellCode {
  /** The name under which the value of the last expression is stored, if the cell ends in one. */
  readonly lastExpression: string | undefined;
  readonly isAsync: boolean;
  /** Modules beside the notebook that the cell needs, compiled. */
  readonly modules: readonly LocalModule[];
  /** Which file is meant by what the cell imports, where that is no package. */
  readonly targets: Targets;
}

export type CompileResult =
  | { readonly status: 'ok'; readonly cell: CompiledCell }
  /** Nothing to run: white space and comments only. */
  | { readonly status: 'empty' }
  | { readonly status: 'error'; readonly error: CellError };

/** The language of a notebook: what its cells declared so far, and questions about code in that light. */
export interface Language {
  /** Type-checks and compiles; what the cell declares counts only once it is committed. */
  compile(code: string, executionCount: number, source?: CellSource): CompileResult;
  /** Keeps what the last compiled cell declared: all of it, or of its values only those named. */
  commit(kept: 'all' | readonly string[]): void;
  complete(code: string, offset: number): Completion;
  /** What is known about the name at `offset`; detail 1 adds every tag and the definition. */
  inspect(code: string, offset: number, detail: 0 | 1): MimeBundle | undefined;
  isComplete(code: string): Completeness;
  /** Forgets the declarations of earlier cells: those of the cell that runs count once it is committed. */
  forget(): void;
  /** Forgets every declaration: the variables behind them are gone. */
  reset(): void;
  /** Reads what most cells need and the first may not: Node's types. Takes half a second. */
  readAhead(): void;
  close(): void;
}

interface PendingCell {
  readonly declarations: string;
  /** The cell's own part of `declarations`. */
  readonly own: string;
  readonly names: readonly string[];
  readonly code: string;
  readonly source: CellSource | undefined;
  /** True when the earlier declarations were forgotten meanwhile. */
  readonly isAlone?: boolean;
}

/**
 * Loads TypeScript and tslab's converter for notebooks in `cwd`: about a second of work.
 * @param options.keepsPrograms False makes a program for every cell: slower, with the same results.
 */
export function createLanguage(cwd: string, { keepsPrograms = true } = {}): Language {
  const typescript = loadTypeScript();
  const tslab = loadTslab(typescript, cwd, { keepsPrograms });
  return new ConverterLanguage(typescript, tslab);
}

class ConverterLanguage implements Language {
  private declarations = '';
  private pending: PendingCell | undefined;
  private readonly cells: CellDeclarations;

  constructor(
    private readonly typescript: TypeScript,
    private readonly tslab: Tslab,
  ) {
    this.cells = new CellDeclarations(typescript);
  }

  compile(code: string, executionCount: number, source?: CellSource): CompileResult {
    this.pending = undefined;
    if (this.isBlank(code)) return { status: 'empty' };
    const converted = this.tslab.converter.convert(this.declarations, code);
    const cell = this.tslab.lastCell();
    const wasCompiled = converted.diagnostics.length === 0 && cell !== undefined;
    const local = this.tslab.lastModules(wasCompiled ? cell.imports : []);
    const diagnostics = [...converted.diagnostics, ...local.diagnostics];
    if (diagnostics.length > 0) {
      return {
        status: 'error',
        error: diagnosticsError(diagnostics, new UserSource(code, source), executionCount),
      };
    }
    if (converted.output === undefined || cell === undefined) return { status: 'empty' };
    this.pending = {
      declarations: converted.declOutput ?? this.declarations,
      own: this.tslab.lastDeclarations(),
      names: cell.names,
      code,
      source,
    };
    return {
      status: 'ok',
      cell: { ...cell, ...outputsOf(converted), modules: local.modules, targets: local.targets },
    };
  }

  commit(kept: 'all' | readonly string[]): void {
    const pending = this.pending;
    this.pending = undefined;
    if (pending === undefined) return;
    const ran = kept === 'all' ? undefined : new Set(kept);
    const lost = new Set(pending.names.filter((name) => ran?.has(name) === false));
    this.cells.remember(pending.code, pending.source, lost);
    if (kept === 'all' && !pending.isAlone) {
      this.declarations = pending.declarations;
      return;
    }
    const source = withoutValues(this.typescript, pending.own, lost);
    const converted = this.tslab.converter.convert(this.declarations, source);
    if (converted.diagnostics.length === 0 && converted.declOutput !== undefined) {
      this.declarations = converted.declOutput;
    }
  }

  complete(code: string, offset: number): Completion {
    this.tslab.readNodeTypes();
    return completionOf(this.tslab.converter.complete(this.declarations, code, offset), offset);
  }

  inspect(code: string, offset: number, detail: 0 | 1): MimeBundle | undefined {
    this.tslab.readNodeTypes();
    // At the end of a name, ask about the name.
    for (const position of [offset, offset - 1]) {
      if (position < 0) continue;
      const info = this.tslab.converter.inspect(this.declarations, code, position);
      if (!info) continue;
      if (detail === 0) return quickInfoBundle(info);
      return quickInfoBundle(info, definitionOf(this.typescript, info.declarations, this.cells));
    }
    return undefined;
  }

  isComplete(code: string): Completeness {
    return completeness(this.typescript, (text) => this.tslab.isCompleteCode(text), code);
  }

  forget(): void {
    this.declarations = '';
    this.cells.clear();
    // What the cell declares was compiled with what it has forgotten since.
    if (this.pending) this.pending = { ...this.pending, isAlone: true };
  }

  reset(): void {
    this.declarations = '';
    this.cells.clear();
    this.pending = undefined;
  }

  readAhead(): void {
    this.tslab.readNodeTypes();
    // A question that leaves what waits to be committed alone.
    this.tslab.converter.inspect(this.declarations, '0', 0);
  }

  close(): void {
    this.tslab.converter.close();
  }

  private isBlank(code: string): boolean {
    const scanner = this.typescript.createScanner(this.typescript.ScriptTarget.Latest, true);
    scanner.setText(code);
    return scanner.scan() === this.typescript.SyntaxKind.EndOfFileToken;
  }
}

function outputsOf(converted: ConvertResult): Pick<CompiledCell, 'lastExpression' | 'isAsync'> {
  return {
    lastExpression: converted.lastExpressionVar,
    isAsync: converted.hasToplevelAwait ?? false,
  };
}

/** A declaration file without the given values; types stay, since nothing needs to run for them. */
function withoutValues(
  typescript: TypeScript,
  declarations: string,
  lost: ReadonlySet<string>,
): string {
  const file = typescript.createSourceFile(
    'own.d.ts',
    declarations,
    typescript.ScriptTarget.Latest,
    true,
  );
  const kept: string[] = [];
  for (const statement of file.statements) {
    if (typescript.isVariableStatement(statement)) {
      const list = statement.declarationList.declarations.filter(
        ({ name }) => !(typescript.isIdentifier(name) && lost.has(name.text)),
      );
      const keyword =
        statement.declarationList.flags & typescript.NodeFlags.Const ? 'const' : 'let';
      for (const declaration of list) kept.push(`declare ${keyword} ${declaration.getText(file)};`);
    } else if (
      (typescript.isFunctionDeclaration(statement) ||
        typescript.isClassDeclaration(statement) ||
        typescript.isEnumDeclaration(statement)) &&
      statement.name &&
      lost.has(statement.name.text)
    ) {
      continue;
    } else {
      kept.push(statement.getText(file));
    }
  }
  return kept.join('\n');
}
