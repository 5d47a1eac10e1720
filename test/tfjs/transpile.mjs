import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

/**
 * Lets `require` load the ES modules without file extensions under `folder`: tfjs-core ships its suite so,
 * for bundlers.
 */
export function installTranspiler(folder) {
  const require = createRequire(import.meta.url);
  const Module = require('node:module');
  const typescript = require('typescript');
  const original = Module._extensions['.js'];
  Module._extensions['.js'] = (module, filename) => {
    if (!filename.startsWith(folder) || filename.endsWith('.node.js'))
      return original(module, filename);
    const source = readFileSync(filename, 'utf8');
    const { outputText } = typescript.transpileModule(source, {
      compilerOptions: {
        module: typescript.ModuleKind.CommonJS,
        target: typescript.ScriptTarget.ES2022,
      },
    });
    module._compile(outputText, filename);
  };
}
