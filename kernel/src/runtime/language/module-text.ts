import type ts from 'typescript';
import { parseCell } from './cell-file';
import type { TypeScript } from './typescript';

interface Known {
  readonly isEarlier: (name: string) => boolean;
  readonly exportsOf: (specifier: string) => readonly string[];
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** What other text stands for text of the cell. It is as long, or stands at the end of a statement. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * A cell as tslab's converter takes it, line for line and column for column: what a module exports are
 * names of the notebook, which all cells see without being told. A declaration loses its `export`, a
 * re-export becomes the import of the same names, and the line for a shell becomes a comment.
 *
 * @param known.isEarlier Whether an earlier cell declares a name, which a cell may export once more.
 * @param known.exportsOf What a module exports, for `export * from 'module'`.
 */
export function moduleText(typescript: TypeScript, code: string, known: Known): string {
  const script = code.startsWith('#!') ? `//${code.slice(2)}` : code;
  if (!/\bexport\b/.test(script)) return script;
  const file = parseCell(typescript, script);
  typescript.bindSourceFile(file, {});
  const edits = file.statements.flatMap((statement) => editsOf(typescript, file, statement, known));
  let text = script;
  for (const { start, end, text: by } of edits.sort((a, b) => b.start - a.start))
    text = text.slice(0, start) + by + text.slice(end);
  return text;
}

function editsOf(
  typescript: TypeScript,
  file: ReturnType<typeof parseCell>,
  statement: ts.Statement,
  { isEarlier, exportsOf }: Known,
): Edit[] {
  const isLocal = (name: string): boolean =>
    file.locals?.has(name.startsWith('__') ? `_${name}` : name) === true;
  const blank = (start: number, end: number): Edit => ({
    start,
    end,
    text: file.text.slice(start, end).replace(/[^\r\n]/g, ' '),
  });
  const start = statement.getStart(file);
  const asImport: Edit = { start, end: start + 'export'.length, text: 'import' };
  if (typescript.isExportAssignment(statement)) {
    if (statement.isExportEquals !== true) return [];
    const { expression } = statement;
    return [
      { ...blank(start, expression.pos), text: `${blank(start, expression.pos - 1).text}(` },
      { start: expression.end, end: expression.end, text: ')' },
    ];
  }
  if (typescript.isExportDeclaration(statement)) {
    const { exportClause, moduleSpecifier } = statement;
    if (exportClause === undefined) {
      if (!moduleSpecifier || !typescript.isStringLiteral(moduleSpecifier)) return [];
      const names = exportsOf(moduleSpecifier.text).filter(
        (name) => name !== 'default' && IDENTIFIER.test(name) && !isLocal(name),
      );
      const type = statement.isTypeOnly ? 'type ' : '';
      const all = `import ${type}{ ${names.join(', ')} } from ${moduleSpecifier.getText(file)};`;
      return [
        statement.isTypeOnly
          ? blank(start, statement.end)
          : {
              start,
              end: moduleSpecifier.getStart(file),
              text: asImport.text + blank(asImport.end, moduleSpecifier.getStart(file)).text,
            },
        { start: statement.end, end: statement.end, text: names.length > 0 ? `;${all}` : '' },
      ];
    }
    if (typescript.isNamespaceExport(exportClause)) return [asImport];
    const { elements } = exportClause;
    const dropped = elements.filter(({ name, propertyName }) =>
      moduleSpecifier
        ? isNoName(typescript, name) || isLocal(name.text)
        : isNoName(typescript, name) ||
          ((propertyName ?? name).text === name.text &&
            (isLocal(name.text) || isEarlier(name.text))),
    );
    return [
      ...(moduleSpecifier ? [asImport] : []),
      ...dropped.map((element) =>
        blank(
          element.getStart(file),
          elements[elements.indexOf(element) + 1]?.getStart(file) ?? element.end,
        ),
      ),
    ];
  }
  if (!typescript.canHaveModifiers(statement)) return [];
  const isNamed = (statement as ts.DeclarationStatement).name !== undefined;
  const modifiers = statement.modifiers ?? [];
  if (!isNamed && modifiers.some(({ kind }) => kind === typescript.SyntaxKind.DefaultKeyword))
    return [];
  return modifiers
    .filter(
      ({ kind }) =>
        kind === typescript.SyntaxKind.ExportKeyword ||
        kind === typescript.SyntaxKind.DefaultKeyword,
    )
    .map((modifier) => blank(modifier.getStart(file), modifier.end));
}

/** Whether what is exported can't be named in a cell: the default, or a name in quotes. */
function isNoName(typescript: TypeScript, name: ts.ModuleExportName): boolean {
  return typescript.isStringLiteral(name) || name.text === 'default';
}
