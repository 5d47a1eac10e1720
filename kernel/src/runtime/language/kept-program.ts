import type ts from 'typescript';
import type { ModuleResolver } from './resolution';
import type { TypeScript } from './typescript';

/** A source file with what TypeScript's program notes on it. */
type ProgramFile = ts.SourceFile & {
  path: string;
  fileName: string;
  imports?: readonly ts.StringLiteralLike[];
  moduleAugmentations?: readonly ts.Node[];
  ambientModuleNames?: readonly string[];
};

interface Resolutions {
  get(
    name: string,
    mode: ts.ResolutionMode,
  ): ts.ResolvedModuleWithFailedLookupLocations | undefined;
  set(
    name: string,
    mode: ts.ResolutionMode,
    resolution: ts.ResolvedModuleWithFailedLookupLocations,
  ): void;
}

type ProgramInternals = ts.Program & { readonly resolvedModules?: Map<string, Resolutions> };

/** What a type checker learns of cells that are gone stays in it, so it is made anew after so many. */
const MOST_VERSIONS = 300;

/**
 * Lets the program of an earlier cell, and above all its type checker, serve the next cell.
 *
 * Making a program is most of the time that a small cell takes, and almost all of it goes to files
 * that did not change: the checker is made anew for them, and with it every type it has worked out.
 * A cell adds nothing to the global scope, so its file can be checked and emitted as one more file
 * of the same program, provided that all it imports is in there already and that it augments no
 * module. Whatever does not fit gets a program of its own, as TypeScript makes it.
 */
export class KeptProgram {
  private program: ProgramInternals | undefined;
  private versions = 0;
  private added: string[] = [];

  constructor(
    private readonly typescript: TypeScript,
    private readonly options: ts.CompilerOptions,
  ) {}

  /** Takes a program just made for `files`; it serves later cells if these left no mark on it. */
  keep(program: ts.Program, files: readonly ts.SourceFile[]): void {
    this.forget();
    if (files.every((file) => this.isSelfContained(file))) this.program = program;
  }

  forget(): void {
    for (const path of this.added) this.program?.resolvedModules?.delete(path);
    this.added = [];
    this.versions = 0;
    this.program = undefined;
  }

  /** The program with `files` (bound, new versions of the cell's files) in it, or undefined. */
  adopt(files: readonly ts.SourceFile[], resolve: ModuleResolver): ts.Program | undefined {
    const { program } = this;
    if (!program || this.versions >= MOST_VERSIONS) return undefined;
    // TypeScript makes it with the first import in any file: without it, none can be added.
    const known = program.resolvedModules;
    const prepared: { file: ProgramFile; imports: ts.StringLiteralLike[]; found: Resolutions }[] =
      [];
    for (const file of files) {
      if (!this.isSelfContained(file)) return undefined;
      const imports = this.importsOf(file);
      if (imports.length > 0 && !known) return undefined;
      const found = this.resolutionsOf(file, imports, resolve, program);
      if (!found) return undefined;
      prepared.push({ file: file as ProgramFile, imports, found });
    }
    this.versions++;
    for (const { file, imports, found } of prepared) {
      // The program remembers by path what it found out about a file, so each version has its own.
      file.path = versioned(file.fileName, this.versions);
      file.imports = imports;
      file.moduleAugmentations = [];
      file.ambientModuleNames = [];
      known?.set(file.path, found);
      this.added.push(file.path);
    }
    return program;
  }

  private isSelfContained(file: ts.SourceFile): boolean {
    return (
      file.referencedFiles.length === 0 &&
      file.typeReferenceDirectives.length === 0 &&
      file.libReferenceDirectives.length === 0 &&
      !this.importsForJsx(file) &&
      !file.statements.some(
        (statement) =>
          this.typescript.isNamespaceExportDeclaration(statement) ||
          (this.typescript.isModuleDeclaration(statement) &&
            (this.typescript.isStringLiteral(statement.name) ||
              (statement.flags & this.typescript.NodeFlags.GlobalAugmentation) !== 0)),
      )
    );
  }

  /** Whether its elements need an import that isn't written. */
  private importsForJsx(file: ts.SourceFile): boolean {
    const { languageVariant, pragmas } = file as ts.SourceFile & {
      readonly pragmas?: ReadonlyMap<string, unknown>;
    };
    const { JsxEmit, LanguageVariant } = this.typescript;
    const { jsx = JsxEmit.React } = this.options;
    return (
      languageVariant === LanguageVariant.JSX &&
      (jsx === JsxEmit.ReactJSX ||
        jsx === JsxEmit.ReactJSXDev ||
        pragmas?.has('jsximportsource') === true ||
        pragmas?.has('jsxruntime') === true)
    );
  }

  private importsOf(file: ts.SourceFile): ts.StringLiteralLike[] {
    const { typescript } = this;
    const found: ts.StringLiteralLike[] = [];
    const add = (node: ts.Node | undefined): void => {
      if (node && typescript.isStringLiteralLike(node)) found.push(node);
    };
    const visit = (node: ts.Node): void => {
      if (typescript.isImportDeclaration(node) || typescript.isExportDeclaration(node))
        add(node.moduleSpecifier);
      else if (typescript.isExternalModuleReference(node)) add(node.expression);
      else if (typescript.isImportTypeNode(node) && typescript.isLiteralTypeNode(node.argument))
        add(node.argument.literal);
      else if (
        typescript.isCallExpression(node) &&
        node.expression.kind === typescript.SyntaxKind.ImportKeyword
      )
        add(node.arguments[0]);
      typescript.forEachChild(node, visit);
    };
    visit(file);
    return found;
  }

  private resolutionsOf(
    file: ts.SourceFile,
    imports: readonly ts.StringLiteralLike[],
    resolve: ModuleResolver,
    program: ts.Program,
  ): Resolutions | undefined {
    const { typescript } = this;
    const resolutions =
      typescript.createModeAwareCache<ts.ResolvedModuleWithFailedLookupLocations>();
    for (const literal of imports) {
      const mode = typescript.getModeForUsageLocation(file, literal, this.options);
      const resolution = resolve(literal.text, file.fileName, mode);
      const target = resolution.resolvedModule?.resolvedFileName;
      if (target !== undefined && !program.getSourceFile(target)) return undefined;
      resolutions.set(literal.text, mode, resolution);
    }
    return resolutions;
  }
}

/** "Not under `rootDir`": nothing is written, so a module may lie anywhere. */
const OUTSIDE_ROOT = 6059;

/** The semantic diagnostics of one version of a file: the type checker keeps them by file name. */
export function semanticDiagnostics(
  program: ts.Program,
  file: ts.SourceFile,
): readonly ts.Diagnostic[] {
  const own = file as ProgramFile;
  const { fileName } = own;
  own.fileName = own.path;
  try {
    return program.getSemanticDiagnostics(file).filter(({ code }) => code !== OUTSIDE_ROOT);
  } finally {
    own.fileName = fileName;
  }
}

/** `/folder/__tslab__.ts` to `/folder/__tslab__~7.ts`: same folder, same kind of file. */
function versioned(fileName: string, version: number): string {
  return fileName.replace(/(\.d)?\.ts$/, (extension) => `~${version}${extension}`);
}
