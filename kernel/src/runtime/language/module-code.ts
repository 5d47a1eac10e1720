import type ts from 'typescript';
import { importsThrough, pointAtName } from './import-mark';
import { MODULE_RUNTIME, readExports } from './module-exports';
import { topLevelAwaits } from './top-level-await';
import type { TypeScript } from './typescript';

/** A module beside the notebook, as the cell process runs it. Plain data: it travels between processes. */
export interface LocalModule {
  readonly path: string;
  readonly kind: 'module' | 'commonjs' | 'json';
  /** The body of a function. A `module`'s yields once: until then it declares, and then it runs. */
  readonly code: string;
  readonly isAsync: boolean;
  /** From `code` back to what the user wrote, one after the other. */
  readonly maps: readonly CodeMap[];
  /** What it imports statically, in order. */
  readonly imports: readonly string[];
  /** Which file is meant by what it imports, where that is no package. */
  readonly targets: Targets;
}

/** A source map, and how many lines had been put before its source. */
export interface CodeMap {
  readonly map: string;
  readonly linesBefore: number;
}

/** The file behind a specifier. */
export type Targets = Readonly<Record<string, string>>;

export type ModuleCode = Pick<LocalModule, 'code' | 'isAsync' | 'maps' | 'imports'>;

const INLINE_MAP = /\n?\/\/# sourceMappingURL=data:application\/json;base64,([^\n]*)\s*$/;

/**
 * An ES module as the body of a function. Its exports are read through functions, so that others see
 * each change, the error of what has no value yet, and functions before the module has run. Its
 * imports are `require` of marked names; `import()` and `import.meta` stay what they are.
 */
export function toModuleCode(typescript: TypeScript, esModule: string): ModuleCode {
  const { code, maps } = splitInlineMap(esModule);
  const { Latest } = typescript.ScriptTarget;
  const file = typescript.createSourceFile('module.js', code, Latest, /* setParentNodes */ true);
  const { names, stars, imports, first, text } = readExports(typescript, file);
  const accessors = names.map(([name, value]) => `${JSON.stringify(name)}: () => ${value}`);
  const declared = `${MODULE_RUNTIME}.bind({ ${accessors.join(', ')} }, ${JSON.stringify(stars)}); ${first}yield;`;
  const result = typescript.transpileModule(`${declared}\n${text}`, {
    fileName: 'module.js',
    compilerOptions: {
      module: typescript.ModuleKind.CommonJS,
      moduleDetection: typescript.ModuleDetectionKind.Force,
      target: typescript.ScriptTarget.ESNext,
      esModuleInterop: true,
      sourceMap: true,
    },
    transformers: { before: [keepDynamicImports(typescript)] },
  });
  return {
    code: importsThrough(
      MODULE_RUNTIME,
      result.outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'),
    ),
    isAsync: topLevelAwaits(typescript, file).length > 0,
    maps: [{ map: result.sourceMapText ?? '', linesBefore: 1 }, ...maps],
    imports,
  };
}

/** CommonJS, whose `import()` was kept by {@link keepDynamicImports}, as the body of a function. */
export function toCommonJsCode(js: string): ModuleCode {
  return { ...splitInlineMap(js), isAsync: false, imports: [] };
}

/** Keeps `import()` and `import.meta` from what TypeScript makes of them in CommonJS. */
export function keepDynamicImports(typescript: TypeScript): ts.TransformerFactory<ts.SourceFile> {
  return (context) => {
    const { factory } = context;
    const runtime = (member: string): ts.Expression =>
      factory.createPropertyAccessExpression(factory.createIdentifier(MODULE_RUNTIME), member);
    const isImport = ({ kind }: ts.Node): boolean => kind === typescript.SyntaxKind.ImportKeyword;
    const visit = (node: ts.Node): ts.Node => {
      if (
        typescript.isMetaProperty(node) &&
        node.keywordToken === typescript.SyntaxKind.ImportKeyword
      )
        return runtime('meta');
      const visited = typescript.visitEachChild(node, visit, context);
      if (!typescript.isCallExpression(visited)) return visited;
      return isImport(visited.expression)
        ? factory.updateCallExpression(visited, runtime('import'), undefined, visited.arguments)
        : pointAtName(typescript, factory, visited);
    };
    return (file) => typescript.visitEachChild(file, visit, context);
  };
}

function splitInlineMap(js: string): Pick<LocalModule, 'code' | 'maps'> {
  // A file may begin with a line for the shell, which is no line for a function.
  const text = js.replace(/^#!/, '//');
  const comment = INLINE_MAP.exec(text);
  if (!comment) return { code: text, maps: [] };
  const map = Buffer.from(comment[1] ?? '', 'base64').toString('utf8');
  return { code: `${text.slice(0, comment.index)}\n`, maps: [{ map, linesBefore: 0 }] };
}
