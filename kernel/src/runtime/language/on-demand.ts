import { readFileSync } from 'node:fs';
import type ts from 'typescript';
import { notebookOptions } from './compiler-options';
import { localTarget } from './imports';
import { moduleKind } from './local-modules';
import { keepDynamicImports, toCommonJsCode, toModuleCode, type LocalModule } from './module-code';
import { createModuleResolver } from './resolution';
import { loadTypeScript } from './typescript';

/**
 * Compiles single files that no cell names, such as those of `import(name)`: without a check of types,
 * since nothing is known of them before they are asked for.
 */
export function createOnDemandCompiler(cwd: string): (path: string) => LocalModule {
  const typescript = loadTypeScript();
  const options: ts.CompilerOptions = {
    jsx: typescript.JsxEmit.React,
    ...notebookOptions(typescript, cwd),
    allowJs: true,
    allowImportingTsExtensions: true,
    module: typescript.ModuleKind.ESNext,
    moduleResolution: typescript.ModuleResolutionKind.Bundler,
    target: typescript.ScriptTarget.ES2022,
    esModuleInterop: true,
    resolveJsonModule: true,
    inlineSourceMap: true,
  };

  return (path) => {
    const text = readFileSync(path, 'utf8');
    const file = typescript.createSourceFile(path, text, typescript.ScriptTarget.Latest);
    const kind = moduleKind(file);
    if (kind === 'json')
      return { path, kind, code: text, isAsync: false, maps: [], imports: [], targets: {} };
    const isCommonJs = kind === 'commonjs';
    const { outputText, diagnostics = [] } = typescript.transpileModule(text, {
      fileName: path,
      reportDiagnostics: true,
      compilerOptions: options,
      ...(isCommonJs && { transformers: { before: [keepDynamicImports(typescript)] } }),
    });
    const [wrong] = diagnostics;
    if (wrong) throw syntaxError(typescript, path, wrong);
    const cache = typescript.createModuleResolutionCache(cwd, (name) => name, options);
    const resolve = createModuleResolver(typescript, options, typescript.sys, cache);
    const targets: Record<string, string> = {};
    for (const { fileName } of typescript.preProcessFile(text, true, true).importedFiles) {
      const target = localTarget(resolve(fileName, path, undefined).resolvedModule);
      if (target !== undefined) targets[fileName] = target;
    }
    const code = isCommonJs ? toCommonJsCode(outputText) : toModuleCode(typescript, outputText);
    return { path, kind, targets, ...code };
  };
}

function syntaxError(typescript: typeof ts, path: string, wrong: ts.Diagnostic): Error {
  const { line = 0, character = 0 } =
    wrong.file?.getLineAndCharacterOfPosition(wrong.start ?? 0) ?? {};
  const message = typescript.flattenDiagnosticMessageText(wrong.messageText, ' ');
  return new SyntaxError(`${path}:${line + 1}:${character + 1} - ${message}`);
}
