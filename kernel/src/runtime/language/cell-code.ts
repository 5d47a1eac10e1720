import type ts from 'typescript';
import { importsThrough, pointAtName, withMarkedImports } from './import-mark';
import type { TypeScript } from './typescript';

/** Names under which the cell's function receives what its code calls. */
export const RUNTIME_NAME = '__halfnote';

/** JavaScript of a cell as the cell process runs it, and how to get back to the user's lines. */
export interface CellCode {
  readonly js: string;
  /** JavaScript of the first pass to the user's TypeScript; generated lines and columns from 1 and 0. */
  readonly sourceMap: string;
  /** `js` to JavaScript of the first pass with {@link PREFIX_LINES} put before it. */
  readonly commonJsMap: string;
  /** Values the cell declares at its top level. */
  readonly names: readonly string[];
  /** Specifiers of its static imports: ES modules among them are loaded before the cell starts. */
  readonly imports: readonly string[];
}

/** Lines put before the first pass's JavaScript. */
export const PREFIX_LINES = 1;

interface Bindings {
  readonly exported: readonly string[];
  readonly assignable: ReadonlySet<string>;
  readonly imports: readonly string[];
}

/**
 * Second pass: the converter's ES module to a CommonJS function body.
 *
 * Top-level names become accessors on the notebook's scope instead of copies (`__halfnote.bind`):
 * a function of an earlier cell and a later cell then see the same variable, and a cell that fails
 * half-way keeps exactly the declarations that ran. `import()` and `import.meta` stay what they are
 * in an ES module, through `__halfnote`.
 */
export function toCellCode(
  typescript: TypeScript,
  esModule: string,
  options: ts.TranspileOptions,
): CellCode {
  const { code, map } = splitInlineMap(esModule);
  const bindings = readBindings(typescript, code);
  const accessors = bindings.exported.map((name) =>
    bindings.assignable.has(name)
      ? `${name}: [() => ${name}, (value) => { ${name} = value; }]`
      : `${name}: [() => ${name}]`,
  );
  const result = typescript.transpileModule(
    `${RUNTIME_NAME}.bind({ ${accessors.join(', ')} });\n${withMarkedImports(typescript, code)}`,
    {
      fileName: 'cell.js',
      compilerOptions: { ...options.compilerOptions, sourceMap: true },
      transformers: { before: [keepModuleSyntax(typescript)] },
    },
  );
  return {
    js: importsThrough(
      RUNTIME_NAME,
      result.outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'),
    ),
    sourceMap: map,
    commonJsMap: result.sourceMapText ?? '',
    names: bindings.exported,
    imports: bindings.imports,
  };
}

function splitInlineMap(js: string): { code: string; map: string } {
  const comment = /\n?\/\/# sourceMappingURL=data:application\/json;base64,(.*)\s*$/.exec(js);
  if (!comment) return { code: js, map: '' };
  return {
    code: js.slice(0, comment.index + 1),
    map: Buffer.from(comment[1] ?? '', 'base64').toString('utf8'),
  };
}

function readBindings(typescript: TypeScript, code: string): Bindings {
  const file = typescript.createSourceFile('cell.js', code, typescript.ScriptTarget.Latest);
  const exported: string[] = [];
  const imports: string[] = [];
  const assignable = new Set<string>();
  const collect = (name: ts.BindingName): void => {
    if (typescript.isIdentifier(name)) assignable.add(name.text);
    else
      for (const element of name.elements)
        if (typescript.isBindingElement(element)) collect(element.name);
  };
  for (const statement of file.statements) {
    if (typescript.isExportDeclaration(statement)) {
      if (
        statement.exportClause &&
        typescript.isNamedExports(statement.exportClause) &&
        !statement.moduleSpecifier
      ) {
        for (const element of statement.exportClause.elements) exported.push(element.name.text);
      }
    } else if (typescript.isImportDeclaration(statement)) {
      if (typescript.isStringLiteral(statement.moduleSpecifier))
        imports.push(statement.moduleSpecifier.text);
    } else if (typescript.isVariableStatement(statement)) {
      if (statement.declarationList.flags & typescript.NodeFlags.Const) continue;
      for (const declaration of statement.declarationList.declarations) collect(declaration.name);
    } else if (
      typescript.isFunctionDeclaration(statement) ||
      typescript.isClassDeclaration(statement)
    ) {
      if (statement.name) assignable.add(statement.name.text);
    } else {
      // `var` inside blocks and loops is a top-level name too.
      collectNestedVars(typescript, statement, collect);
    }
  }
  return { exported: [...new Set(exported)], assignable, imports };
}

function collectNestedVars(
  typescript: TypeScript,
  node: ts.Node,
  collect: (name: ts.BindingName) => void,
): void {
  if (typescript.isFunctionLike(node) || typescript.isClassLike(node)) return;
  if (
    typescript.isVariableDeclarationList(node) &&
    !(node.flags & typescript.NodeFlags.BlockScoped)
  ) {
    for (const declaration of node.declarations) collect(declaration.name);
  }
  typescript.forEachChild(node, (child) => {
    collectNestedVars(typescript, child, collect);
  });
}

/** Drops the export list (its names are bound) and keeps `import()` and `import.meta` from CommonJS. */
function keepModuleSyntax(typescript: TypeScript): ts.TransformerFactory<ts.SourceFile> {
  return (context) => {
    const { factory } = context;
    const runtime = (member: string): ts.Expression =>
      factory.createPropertyAccessExpression(factory.createIdentifier(RUNTIME_NAME), member);
    const visit = (node: ts.Node): ts.Node | undefined => {
      if (typescript.isExportDeclaration(node) && !node.moduleSpecifier) return undefined;
      if (
        typescript.isMetaProperty(node) &&
        node.keywordToken === typescript.SyntaxKind.ImportKeyword
      ) {
        return runtime('meta');
      }
      const visited = typescript.visitEachChild(node, visit, context);
      if (!typescript.isCallExpression(visited)) return visited;
      const callee = visited.expression;
      if (callee.kind === typescript.SyntaxKind.ImportKeyword) {
        return factory.updateCallExpression(
          visited,
          runtime('import'),
          undefined,
          visited.arguments,
        );
      }
      if (isEarlierVariable(typescript, callee)) {
        // A plain call, not a method call: `this` is not the notebook's scope.
        const plain = factory.createParenthesizedExpression(
          factory.createComma(factory.createNumericLiteral(0), callee),
        );
        // V8 reports such a call behind the parenthesis; to the user it is where the name is.
        const pos = callee.name.end - callee.name.text.length;
        typescript.setSourceMapRange(plain, { pos, end: pos });
        return factory.updateCallExpression(visited, plain, undefined, visited.arguments);
      }
      return pointAtName(typescript, factory, visited);
    };
    return (file) => typescript.visitEachChild(file, visit, context);
  };
}

/** tslab writes a variable of an earlier cell as `exports.name`. */
function isEarlierVariable(
  typescript: TypeScript,
  node: ts.Expression,
): node is ts.PropertyAccessExpression {
  return (
    typescript.isPropertyAccessExpression(node) &&
    typescript.isIdentifier(node.expression) &&
    node.expression.text === 'exports'
  );
}
