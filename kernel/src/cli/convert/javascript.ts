import type { TypeScript } from './typescript';

export interface JavaScript {
  readonly text: string;
  /** The names that its imports still bind: all others stood for types, or for nothing. */
  readonly imported: ReadonlySet<string>;
}

/** A module without its types, for every Node.js that Halfnote runs in. */
export function toJavaScript(typescript: TypeScript, module: string): JavaScript {
  const { outputText: text } = typescript.transpileModule(module, {
    fileName: 'script.mts',
    compilerOptions: {
      target: typescript.ScriptTarget.ES2022,
      module: typescript.ModuleKind.ESNext,
    },
  });
  const file = typescript.createSourceFile('script.mjs', text, typescript.ScriptTarget.Latest);
  const imported = new Set<string>();
  for (const statement of file.statements) {
    if (!typescript.isImportDeclaration(statement)) continue;
    const { name, namedBindings } = statement.importClause ?? {};
    if (name) imported.add(name.text);
    if (!namedBindings) continue;
    if (typescript.isNamespaceImport(namedBindings)) imported.add(namedBindings.name.text);
    else for (const { name: bound } of namedBindings.elements) imported.add(bound.text);
  }
  return { text, imported };
}
