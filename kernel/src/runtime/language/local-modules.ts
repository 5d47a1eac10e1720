import type ts from 'typescript';
import { targetsOf } from './imports';
import {
  keepDynamicImports,
  toCommonJsCode,
  toModuleCode,
  type LocalModule,
  type ModuleCode,
  type Targets,
} from './module-code';
import type { TypeScript } from './typescript';

/** The modules beside the notebook that a cell needs, and which file each of its own imports means. */
export interface CompiledModules {
  readonly modules: readonly LocalModule[];
  readonly targets: Targets;
}

type EmittingProgram = ts.Program & {
  emit(
    file: ts.SourceFile,
    writeFile: ts.WriteFileCallback,
    cancellation: undefined,
    emitOnly: number,
    transformers: ts.CustomTransformers,
  ): ts.EmitResult;
};

/** TypeScript's word for "no declarations". */
const JAVASCRIPT_ONLY = 0;

/** Compiles the modules beside a notebook; what did not change is compiled once. */
export class LocalModuleCompiler {
  private compiled = new WeakMap<ts.SourceFile, ModuleCode>();

  constructor(private readonly typescript: TypeScript) {}

  /** A file has changed: others may have taken the values of its enumerations, or left out its types. */
  forget(): void {
    this.compiled = new WeakMap();
  }

  compile(program: ts.Program, cell: ts.SourceFile): CompiledModules {
    return {
      modules: localFiles(program, cell).map((file) => ({
        path: file.fileName,
        kind: moduleKind(file),
        targets: targetsOf(program, file),
        ...this.codeOf(program, file),
      })),
      targets: targetsOf(program, cell),
    };
  }

  private codeOf(program: ts.Program, file: ts.SourceFile): ModuleCode {
    const known = this.compiled.get(file);
    if (known) return known;
    const code = this.compileFile(program, file);
    this.compiled.set(file, code);
    return code;
  }

  private compileFile(program: ts.Program, file: ts.SourceFile): ModuleCode {
    const kind = moduleKind(file);
    if (kind === 'json') return { code: file.text, isAsync: false, maps: [], imports: [] };
    let js = '';
    const options = program.getCompilerOptions();
    const { module } = options;
    // What is kept in cells as it is written becomes CommonJS by the name of the file.
    if (kind === 'commonjs') options.module = this.typescript.ModuleKind.ESNext;
    try {
      (program as EmittingProgram).emit(
        file,
        (name, text) => {
          if (/\.[cm]?jsx?$/.test(name)) js = text;
        },
        undefined,
        JAVASCRIPT_ONLY,
        kind === 'commonjs' ? { before: [keepDynamicImports(this.typescript)] } : {},
      );
    } finally {
      if (module !== undefined) options.module = module;
    }
    return kind === 'commonjs' ? toCommonJsCode(js) : toModuleCode(this.typescript, js);
  }
}

/** What `cell` imports from beside the notebook, directly or not; without itself. */
export function localFiles(program: ts.Program, cell: ts.SourceFile): ts.SourceFile[] {
  const found = new Set<ts.SourceFile>();
  const visit = (file: ts.SourceFile): void => {
    for (const target of Object.values(targetsOf(program, file))) {
      const next = program.getSourceFile(target);
      if (!next || next.isDeclarationFile || found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(cell);
  return [...found];
}

/** How a file is loaded: by its name, and JavaScript without a telling name by what it contains. */
export function moduleKind(file: ts.SourceFile): LocalModule['kind'] {
  if (file.fileName.endsWith('.json')) return 'json';
  if (/\.c[jt]s$/.test(file.fileName)) return 'commonjs';
  if (!/\.jsx?$/.test(file.fileName)) return 'module';
  const { externalModuleIndicator } = file as { readonly externalModuleIndicator?: unknown };
  return externalModuleIndicator === undefined ? 'commonjs' : 'module';
}
