import type ts from 'typescript';
import type { TypeScript } from './typescript';

/** What a name stands for: a value that runs, a type, a namespace. */
export interface Meanings {
  readonly value: boolean;
  readonly type: boolean;
  readonly namespace: boolean;
}

/** `export { local as exported }`. */
export interface Renamed {
  readonly local: string;
  readonly exported: string;
}

/** One declaration of one name, as a declaration file has it. */
interface Known {
  readonly name: string;
  readonly means: Meanings;
  readonly text: string;
}

/** What a cell declares. */
export interface CellDeclared {
  readonly known: readonly Known[];
  /** `declare module 'x' { }` and `declare global { }`. */
  readonly augmentations: readonly string[];
}

const DOC_COMMENT = /\/\*\*[\s\S]*?\*\//g;

const VALUE: Meanings = { value: true, type: false, namespace: false };
const TYPE: Meanings = { value: false, type: true, namespace: false };
const CLASS: Meanings = { value: true, type: true, namespace: false };
const NAMESPACE: Meanings = { value: true, type: false, namespace: true };

/** The declarations that later cells see: of each name the latest. */
export class KnownDeclarations {
  private constructor(private readonly known: readonly Known[]) {}

  static readonly none = new KnownDeclarations([]);

  /** As the text of a declaration file. */
  get text(): string {
    return this.known.map(({ text }) => `${text}\n`).join('');
  }

  /** The declarations of a name. */
  named(name: string): readonly Known[] {
    return this.known.filter((declaration) => declaration.name === name);
  }

  /** With what a later cell declares, all of it or without the values in `lost`. */
  with(cell: CellDeclared, lost: ReadonlySet<string> = new Set()): KnownDeclarations {
    const added = cell.known.filter(({ name, means }) => !(means.value && lost.has(name)));
    const meanings = new Map<string, Meanings>();
    for (const { name, means } of added) {
      const { value, type, namespace } = meanings.get(name) ?? means;
      meanings.set(name, {
        value: value || means.value,
        type: type || means.type,
        namespace: namespace || means.namespace,
      });
    }
    const left = this.known.flatMap((old) => whatIsLeft(old, meanings.get(old.name)) ?? []);
    return new KnownDeclarations([...left, ...added]);
  }
}

/** What an earlier declaration still says after a later one of the same name. */
function whatIsLeft(old: Known, later: Meanings | undefined): Known | undefined {
  if (later === undefined) return old;
  const { value, type, namespace } = old.means;
  if ((value && later.value) || (namespace && (later.namespace || later.value))) return undefined;
  if (!type || !later.type) return old;
  // A class whose type is another's now: its value is there, and nothing can be said of it.
  return value
    ? { name: old.name, means: VALUE, text: `declare let ${old.name}: any;` }
    : undefined;
}

/**
 * Reads the declarations that TypeScript made of a cell.
 * @param names.meanings Of the cell's own names; what an import stands for can't be seen in the text.
 * @param names.names The values that the cell declares; a `var` inside a block is told by no declaration.
 * @param names.earlier What may be renamed, too.
 */
export function readDeclared(
  typescript: TypeScript,
  declarations: string,
  {
    meanings,
    renamed,
    names,
    typeOf,
    earlier,
  }: {
    readonly meanings: ReadonlyMap<string, Meanings>;
    readonly renamed: readonly Renamed[];
    readonly names: readonly string[];
    readonly typeOf: (name: string) => string | undefined;
    readonly earlier: KnownDeclarations;
  },
): CellDeclared {
  const file = typescript.createSourceFile(
    'own.d.ts',
    declarations,
    typescript.ScriptTarget.Latest,
    true,
  );
  const known: Known[] = [];
  const augmentations: string[] = [];
  // `export default` of a value gets a name that nobody wrote.
  const unnamed = new Set<string>();
  for (const statement of file.statements) {
    if (typescript.isExportAssignment(statement)) {
      const { expression } = statement;
      if (typescript.isIdentifier(expression) && !meanings.has(expression.text))
        unnamed.add(expression.text);
    } else if (isAugmentation(typescript, statement)) augmentations.push(statement.getText(file));
    else known.push(...knownBy(typescript, file, statement, meanings));
  }
  const declared = new Set(known.map(({ name }) => name));
  for (const name of names) {
    const type = declared.has(name) ? undefined : typeOf(name);
    if (type !== undefined)
      known.push({ name, means: VALUE, text: `declare let ${name}: ${type};` });
  }
  const own = known.filter(({ name }) => !unnamed.has(name));
  const more = renamed.flatMap(({ local, exported }) => {
    const here = own.filter(({ name }) => name === local);
    const meant = here.length > 0 ? here : earlier.named(local);
    return meant.map((known) => renamedAs(typescript, known, exported));
  });
  return { known: [...own, ...more], augmentations };
}

/** `declare module 'x'` or `declare global`. */
export function isAugmentation(
  typescript: TypeScript,
  statement: ts.Statement,
): statement is ts.ModuleDeclaration {
  return (
    typescript.isModuleDeclaration(statement) &&
    (typescript.isStringLiteral(statement.name) ||
      (statement.flags & typescript.NodeFlags.GlobalAugmentation) !== 0)
  );
}

function knownBy(
  typescript: TypeScript,
  file: ts.SourceFile,
  statement: ts.Statement,
  meanings: ReadonlyMap<string, Meanings>,
): Known[] {
  // Of the comments those that inspection shows.
  const comments = file.text.slice(statement.pos, statement.getStart(file));
  const comment = (comments.match(DOC_COMMENT) ?? []).map((text) => `${text}\n`).join('');
  if (typescript.isVariableStatement(statement)) {
    const { declarations, flags } = statement.declarationList;
    const keyword = flags & typescript.NodeFlags.Const ? 'const' : 'let';
    return declarations.map((declaration) => ({
      name: declaration.name.getText(file),
      means: VALUE,
      text: `${comment}declare ${keyword} ${declaration.getText(file)};`,
    }));
  }
  if (typescript.isImportDeclaration(statement))
    return imported(typescript, file, statement, meanings);
  const name = (statement as ts.DeclarationStatement).name?.getText(file);
  if (name === undefined) return [];
  const text = comment + statement.getText(file);
  if (typescript.isFunctionDeclaration(statement)) return [{ name, means: VALUE, text }];
  if (typescript.isClassDeclaration(statement) || typescript.isEnumDeclaration(statement))
    return [{ name, means: CLASS, text }];
  if (typescript.isModuleDeclaration(statement)) return [{ name, means: NAMESPACE, text }];
  if (typescript.isImportEqualsDeclaration(statement))
    return [{ name, means: meanings.get(name) ?? VALUE, text }];
  return [{ name, means: TYPE, text }];
}

/** An import as one import for each of its names. */
function imported(
  typescript: TypeScript,
  file: ts.SourceFile,
  { importClause, moduleSpecifier, attributes }: ts.ImportDeclaration,
  meanings: ReadonlyMap<string, Meanings>,
): Known[] {
  if (!importClause) return [];
  const from = `from ${moduleSpecifier.getText(file)}${attributes ? ` ${attributes.getText(file)}` : ''};`;
  const type = importClause.phaseModifier === typescript.SyntaxKind.TypeKeyword ? 'type ' : '';
  const known = (name: string, clause: string): Known => ({
    name,
    means: meanings.get(name) ?? CLASS,
    text: `import ${type}${clause} ${from}`,
  });
  const { name, namedBindings } = importClause;
  const found = name ? [known(name.text, name.text)] : [];
  if (namedBindings && typescript.isNamespaceImport(namedBindings))
    found.push(known(namedBindings.name.text, `* as ${namedBindings.name.text}`));
  else
    for (const element of namedBindings?.elements ?? [])
      found.push(known(element.name.text, `{ ${element.getText(file)} }`));
  return found;
}

/** A declaration once more under another name: the same thing where it makes a difference. */
function renamedAs(typescript: TypeScript, { means, text }: Known, exported: string): Known {
  const file = typescript.createSourceFile(
    'known.d.ts',
    text,
    typescript.ScriptTarget.Latest,
    true,
  );
  const [statement] = file.statements;
  const as = (by: string): Known => ({ name: exported, means, text: by });
  if (statement === undefined) return as(text);
  if (typescript.isImportDeclaration(statement)) {
    const type =
      statement.importClause?.phaseModifier === typescript.SyntaxKind.TypeKeyword ? 'type ' : '';
    const from = `from ${statement.moduleSpecifier.getText(file)};`;
    const bindings = statement.importClause?.namedBindings;
    if (bindings && typescript.isNamespaceImport(bindings))
      return as(`import ${type}* as ${exported} ${from}`);
    const [element] = bindings?.elements ?? [];
    const what = element ? (element.propertyName ?? element.name).getText(file) : 'default';
    return as(`import ${type}{ ${what} as ${exported} } ${from}`);
  }
  const { name } = (
    typescript.isVariableStatement(statement)
      ? statement.declarationList.declarations[0]
      : statement
  ) as { readonly name?: ts.Node };
  if (name === undefined) return as(text);
  const local = name.getText(file);
  if (typescript.isClassDeclaration(statement) || typescript.isEnumDeclaration(statement)) {
    const parameters = 'typeParameters' in statement ? (statement.typeParameters ?? []) : [];
    const list = (texts: readonly string[]): string =>
      texts.length === 0 ? '' : `<${texts.join(', ')}>`;
    const declared = list(parameters.map((parameter) => parameter.getText(file)));
    const given = list(parameters.map((parameter) => parameter.name.text));
    return as(
      `declare const ${exported}: typeof ${local};\ntype ${exported}${declared} = ${local}${given};`,
    );
  }
  return as(text.slice(0, name.getStart(file)) + exported + text.slice(name.end));
}
