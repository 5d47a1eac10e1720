import type ts from 'typescript';
import { IMPORT_MARK } from './import-mark';
import type { TypeScript } from './typescript';

/** The name under which the function of a local module receives what its code calls. */
export const MODULE_RUNTIME = '__halfnote';

/**
 * Stand for `export default` where what follows has no name of its own. They are as long as what they
 * replace, so that columns stay what they are.
 */
const DEFAULT_VALUE = `${MODULE_RUNTIME}.d`;
export const DEFAULT_FUNCTION = '__halfnote_def';

/** What an ES module gives and takes. */
export interface ModuleExports {
  /** Exported name, and the expression that reads its value in the module. */
  readonly names: readonly (readonly [name: string, value: string])[];
  /** Specifiers of `export * from`. */
  readonly stars: readonly string[];
  /** Specifiers of static imports, each once, in the order in which they are loaded. */
  readonly imports: readonly string[];
  /** A statement that comes before all others, if one is needed. */
  readonly first: string;
  /** The module without the word `export`, and with its imports marked. */
  readonly text: string;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Reads the imports and exports of JavaScript as TypeScript prints it. */
export function readExports(typescript: TypeScript, file: ts.SourceFile): ModuleExports {
  const reader = new ExportReader(typescript, file);
  for (const statement of file.statements) reader.read(statement);
  const { names, stars, imports } = reader;
  const first = reader.hasDefaultFunction ? `${DEFAULT_VALUE} = ${DEFAULT_FUNCTION}; ` : '';
  return { names, stars, imports: [...imports], first, text: edited(file.text, reader.edits) };
}

class ExportReader {
  readonly names: [string, string][] = [];
  readonly stars: string[] = [];
  readonly imports = new Set<string>();
  readonly edits: Edit[] = [];
  hasDefaultFunction = false;
  private readonly imported: ReadonlyMap<string, string>;

  constructor(
    private readonly typescript: TypeScript,
    private readonly file: ts.SourceFile,
  ) {
    this.imported = importedNames(typescript, file);
  }

  read(statement: ts.Statement): void {
    const { typescript } = this;
    if (typescript.isImportDeclaration(statement)) this.readImport(statement);
    else if (typescript.isExportDeclaration(statement)) this.readList(statement);
    else if (typescript.isExportAssignment(statement)) {
      this.names.push(['default', DEFAULT_VALUE]);
      this.replace(statement.getStart(), statement.expression.getStart(), `${DEFAULT_VALUE} = `);
    } else if (typescript.isVariableStatement(statement)) {
      if (!this.dropModifiers(statement)) return;
      for (const { name } of statement.declarationList.declarations) this.bind(name);
    } else if (
      typescript.isFunctionDeclaration(statement) ||
      typescript.isClassDeclaration(statement)
    )
      this.readDeclaration(statement);
  }

  private readImport({ moduleSpecifier }: ts.ImportDeclaration): void {
    const specifier = textOf(moduleSpecifier);
    this.imports.add(specifier);
    this.replace(
      moduleSpecifier.getStart(),
      moduleSpecifier.end,
      JSON.stringify(specifier + IMPORT_MARK),
    );
  }

  private readList(statement: ts.ExportDeclaration): void {
    const { exportClause: clause } = statement;
    const from = statement.moduleSpecifier && textOf(statement.moduleSpecifier);
    if (from !== undefined) this.imports.add(from);
    if (!clause) this.stars.push(from ?? '');
    else if (this.typescript.isNamespaceExport(clause))
      this.names.push([clause.name.text, namespaceOf(from ?? '')]);
    else
      for (const { name, propertyName } of clause.elements) {
        const local = (propertyName ?? name).text;
        const value = from === undefined ? this.imported.get(local) : memberOf(from, local);
        this.names.push([name.text, value ?? local]);
      }
    this.blank(statement.getStart(), statement.end);
  }

  private readDeclaration(statement: ts.FunctionDeclaration | ts.ClassDeclaration): void {
    const { typescript } = this;
    const isDefault = (statement.modifiers ?? []).some(
      ({ kind }) => kind === typescript.SyntaxKind.DefaultKeyword,
    );
    if (statement.name) {
      const { text } = statement.name;
      if (this.dropModifiers(statement)) this.names.push([isDefault ? 'default' : text, text]);
      return;
    }
    const start = statement.getStart();
    const begin = /^export default\s+/.exec(this.file.text.slice(start))?.[0].length ?? 0;
    if (typescript.isClassDeclaration(statement)) {
      this.names.push(['default', DEFAULT_VALUE]);
      this.replace(start, start + begin, `${DEFAULT_VALUE} = `);
      return;
    }
    this.names.push(['default', DEFAULT_VALUE]);
    this.hasDefaultFunction = true;
    const head =
      /^(?:async\s+)?function\s*\*?/.exec(this.file.text.slice(start + begin))?.[0] ?? '';
    this.replace(start, start + begin + head.length, `${head} ${DEFAULT_FUNCTION}`);
  }

  /** Blanks `export` and `default`; false where there is no `export`. */
  private dropModifiers(statement: ts.HasModifiers): boolean {
    const { SyntaxKind } = this.typescript;
    const words = (statement.modifiers ?? []).filter(
      ({ kind }) => kind === SyntaxKind.ExportKeyword || kind === SyntaxKind.DefaultKeyword,
    );
    for (const word of words) this.blank(word.getStart(), word.end);
    return words.length > 0;
  }

  private bind(name: ts.BindingName): void {
    const { typescript } = this;
    if (typescript.isIdentifier(name)) this.names.push([name.text, name.text]);
    else
      for (const element of name.elements)
        if (typescript.isBindingElement(element)) this.bind(element.name);
  }

  private replace(start: number, end: number, text: string): void {
    this.edits.push({ start, end, text });
  }

  private blank(start: number, end: number): void {
    this.replace(start, end, this.file.text.slice(start, end).replace(/[^\n]/g, ' '));
  }
}

/** What a module imports, by its own name for it: these are exported without waiting for the module. */
function importedNames(typescript: TypeScript, file: ts.SourceFile): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const statement of file.statements) {
    if (!typescript.isImportDeclaration(statement)) continue;
    const from = textOf(statement.moduleSpecifier);
    const { name, namedBindings } = statement.importClause ?? {};
    if (name) found.set(name.text, memberOf(from, 'default'));
    if (namedBindings && typescript.isNamespaceImport(namedBindings))
      found.set(namedBindings.name.text, namespaceOf(from));
    else
      for (const element of namedBindings?.elements ?? [])
        found.set(element.name.text, memberOf(from, (element.propertyName ?? element.name).text));
  }
  return found;
}

function namespaceOf(specifier: string): string {
  return `${MODULE_RUNTIME}.namespace(${JSON.stringify(specifier)})`;
}

function memberOf(specifier: string, name: string): string {
  return `${namespaceOf(specifier)}[${JSON.stringify(name)}]`;
}

function textOf(specifier: ts.Expression): string {
  return (specifier as ts.StringLiteral).text;
}

function edited(text: string, edits: readonly Edit[]): string {
  let result = '';
  let end = 0;
  for (const edit of edits) {
    result += text.slice(end, edit.start) + edit.text;
    end = edit.end;
  }
  return result + text.slice(end);
}
