import type ts from 'typescript';
import { HalfnoteError } from '../../errors';
import type { TypeScript } from './typescript';

/** One name that an import binds. */
export interface ImportedName {
  readonly local: string;
  /** What tells it from others: where it is from, and its name there. */
  readonly specifier: string;
  /** `default`, `*` or the exported name. */
  readonly imported: string;
  /** Its `with { ... }`, or empty. */
  readonly attributes: string;
}

/** A place in a cell where a name stands that another may have to take the place of. */
export interface Place {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** What the name becomes there: `x: x_2` where it is a property's name too. */
  readonly write: (name: string) => string;
  /** In a function, which may run after later cells. */
  readonly isLater: boolean;
}

/** A cell as a part of a module. */
export interface AnalysedCell {
  readonly file: ts.SourceFile;
  readonly imports: readonly ImportedName[];
  /** Modules that it imports for what loading them does. */
  readonly loads: readonly Pick<ImportedName, 'specifier' | 'attributes'>[];
  /** Names that it declares at its top level, those of its imports too. */
  readonly declared: ReadonlySet<string>;
  /** Where they stand. */
  readonly own: readonly Place[];
  /** Where names of earlier cells, or of what a cell has beside them, stand. */
  readonly borrowed: readonly Place[];
}

type Bound = ts.SourceFile & { readonly locals?: ReadonlyMap<string, Bindable> };
type Bindable = ts.Symbol & { readonly exportSymbol?: ts.Symbol };
type Parsed = ts.SourceFile & { readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[] };

/**
 * Says what each cell declares and where names stand, as TypeScript itself binds them: a name stands for
 * the cell's own variable, else for that of the last cell before it which declares one.
 * @param known Names that cells have beside those of each other, such as `require`.
 * @throws HalfnoteError `cannot-convert` for a cell that is no TypeScript.
 */
export function analyseCells(
  typescript: TypeScript,
  cells: readonly string[],
  known: readonly string[],
): AnalysedCell[] {
  const plain = bind(typescript, cells);
  plain.forEach(({ file }, i) => {
    checkSyntax(typescript, file, i);
  });
  const declared = plain.map(({ file }) => new Set(localNames(file)));
  const seen = new Set(known);
  const lent = declared.map((own) => {
    const earlier = [...seen].filter((name) => !own.has(name));
    for (const name of own) seen.add(name);
    return earlier;
  });
  // An import binds a name both as a value and as a type, whatever it stands for.
  const texts = cells.map(
    (code, i) => `${code}\nimport { ${(lent[i] ?? []).join(', ')} } from '*';`,
  );
  return bind(typescript, texts).map(({ file, checker }, i) => {
    const own = declared[i] ?? new Set();
    const earlier = new Set(lent[i]);
    const places = placesIn(typescript, file, checker, cells[i]?.length ?? 0);
    return {
      file,
      ...importsOf(typescript, file, cells[i]?.length ?? 0),
      declared: own,
      own: places.filter(({ name }) => own.has(name)),
      borrowed: places.filter(({ name }) => earlier.has(name)),
    };
  });
}

function bind(
  typescript: TypeScript,
  texts: readonly string[],
): { readonly file: Bound; readonly checker: ts.TypeChecker }[] {
  const nameOf = (i: number): string => `/cell${i}.ts`;
  const files = new Map(
    texts.map((text, i) => [
      nameOf(i),
      typescript.createSourceFile(nameOf(i), text, typescript.ScriptTarget.Latest, true),
    ]),
  );
  return texts.map((_, i) => {
    const program = typescript.createProgram({
      rootNames: [nameOf(i)],
      options: {
        noLib: true,
        noResolve: true,
        types: [],
        target: typescript.ScriptTarget.Latest,
        module: typescript.ModuleKind.ESNext,
        moduleDetection: typescript.ModuleDetectionKind.Force,
      },
      host: {
        getSourceFile: (name) => files.get(name),
        getDefaultLibFileName: () => 'lib.d.ts',
        writeFile: () => undefined,
        getCurrentDirectory: () => '/',
        getCanonicalFileName: (name) => name,
        useCaseSensitiveFileNames: () => true,
        getNewLine: () => '\n',
        fileExists: (name) => files.has(name),
        readFile: (name) => files.get(name)?.text,
      },
    });
    const checker = program.getTypeChecker();
    return { file: files.get(nameOf(i)) as Bound, checker };
  });
}

/** `declare global` and `declare module 'x'` stand among them, and are no names. */
function localNames(file: Bound): string[] {
  return [...(file.locals?.keys() ?? [])]
    .filter((name) => !name.startsWith('"') && name !== '__global')
    .map((name) => (name.startsWith('___') ? name.slice(1) : name));
}

function checkSyntax(typescript: TypeScript, file: ts.SourceFile, index: number): void {
  const [problem] = (file as Parsed).parseDiagnostics;
  if (problem === undefined) return;
  const { line } = file.getLineAndCharacterOfPosition(problem.start);
  const message = typescript.flattenDiagnosticMessageText(problem.messageText, ' ');
  throw new HalfnoteError(
    'cannot-convert',
    `Code cell ${index + 1}, line ${line + 1}: ${message}`,
    'A script takes TypeScript only, without JSX.',
  );
}

function importsOf(
  typescript: TypeScript,
  file: ts.SourceFile,
  length: number,
): Pick<AnalysedCell, 'imports' | 'loads'> {
  const imports: ImportedName[] = [];
  const loads: Pick<ImportedName, 'specifier' | 'attributes'>[] = [];
  for (const statement of importStatements(typescript, file, length)) {
    const specifier = (statement.moduleSpecifier as ts.StringLiteral).text;
    const from = { specifier, attributes: statement.attributes?.getText(file) ?? '' };
    const { importClause } = statement;
    if (!importClause) loads.push(from);
    if (importClause?.name)
      imports.push({ ...from, local: importClause.name.text, imported: 'default' });
    const bindings = importClause?.namedBindings;
    if (!bindings) continue;
    if (typescript.isNamespaceImport(bindings))
      imports.push({ ...from, local: bindings.name.text, imported: '*' });
    else
      for (const { name, propertyName } of bindings.elements)
        imports.push({ ...from, local: name.text, imported: (propertyName ?? name).text });
  }
  return { imports, loads };
}

/** The cell's own imports. */
export function importStatements(
  typescript: TypeScript,
  file: ts.SourceFile,
  length: number,
): ts.ImportDeclaration[] {
  return file.statements.filter(typescript.isImportDeclaration).filter(({ end }) => end <= length);
}

function placesIn(
  typescript: TypeScript,
  file: Bound,
  checker: ts.TypeChecker,
  length: number,
): Place[] {
  const top = new Set<ts.Symbol>();
  for (const symbol of file.locals?.values() ?? []) {
    top.add(symbol);
    if (symbol.exportSymbol) top.add(symbol.exportSymbol);
  }
  const places: Place[] = [];
  const visit = (node: ts.Node, isLater: boolean): void => {
    if (node.pos >= length || typescript.isImportDeclaration(node)) return;
    if (typescript.isIdentifier(node) && file.locals?.has(node.escapedText as string)) {
      const symbol = symbolOf(typescript, checker, node);
      if (symbol && top.has(symbol)) {
        places.push({
          name: node.text,
          start: node.getStart(file),
          end: node.end,
          write: writerOf(typescript, node),
          isLater,
        });
      }
    }
    const within = isLater || typescript.isFunctionLike(node);
    typescript.forEachChild(node, (child) => {
      visit(child, within);
    });
  };
  visit(file, false);
  return places;
}

function symbolOf(
  typescript: TypeScript,
  checker: ts.TypeChecker,
  node: ts.Identifier,
): ts.Symbol | undefined {
  const { parent } = node;
  if (typescript.isShorthandPropertyAssignment(parent) && parent.name === node)
    return checker.getShorthandAssignmentValueSymbol(parent);
  if (typescript.isExportSpecifier(parent))
    return (parent.propertyName ?? parent.name) === node
      ? checker.getExportSpecifierLocalTargetSymbol(parent)
      : undefined;
  return checker.getSymbolAtLocation(node);
}

function writerOf(typescript: TypeScript, node: ts.Identifier): Place['write'] {
  const { parent, text } = node;
  if (typescript.isShorthandPropertyAssignment(parent)) return (name) => `${text}: ${name}`;
  if (typescript.isExportSpecifier(parent) && !parent.propertyName)
    return (name) => `${name} as ${text}`;
  const isShort =
    typescript.isBindingElement(parent) &&
    parent.name === node &&
    !parent.propertyName &&
    !parent.dotDotDotToken &&
    typescript.isObjectBindingPattern(parent.parent);
  return isShort ? (name) => `${text}: ${name}` : (name) => name;
}
