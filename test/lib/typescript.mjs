import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import typescript from 'typescript';
import { root } from '../../scripts/lib/paths.mjs';

const require = createRequire(join(root, 'kernel/package.json'));

/** A module of the kernel's sources, with the fixtures that aren't compiled into `dist`. */
export function requireSource(path) {
  const { ModuleKind, ScriptTarget } = typescript;
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 };
  require.extensions['.ts'] ??= (module, file) => {
    const { outputText } = typescript.transpileModule(readFileSync(file, 'utf8'), {
      compilerOptions: { ...compilerOptions, esModuleInterop: true },
    });
    module._compile(outputText, file);
  };
  return require(join(root, 'kernel/src', path));
}
