/** Each TypeScript and JavaScript example of the pages compiles as a cell would, and runs where that is possible. */
import { fork } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import typescript from 'typescript';
import { buildDir } from '../../scripts/lib/paths.mjs';
import { blocksOf } from './lib/pages.mjs';

/** Examples that are only compiled, by the beginning of their code or what stands in it, and why. */
export const ONLY_COMPILED = {
  '// train.mjs': 'the suite npm-packages runs it',
  'openComm<': 'a front end is needed',
  'budgetS: 60': 'it measures for up to a minute',
  'saveTflite(': 'the suite tflite runs TensorFlow’s converter',
  'https://example.org/model.json': 'it fetches a model',
};

const folder = join(buildDir, 'docs-examples');
const MINUTES = 10;

/**
 * @typedef {import('./lib/pages.mjs').Block & {file: string, output: string, reason?: string}} Example
 */

/** Writes the examples as modules. @returns {Example[]} */
export function writeExamples() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(import.meta.dirname, 'setting.mts'), join(folder, 'setting.mts'));
  const imported = new Map();
  return blocksOf(['ts', 'js', 'typescript', 'javascript']).map((block) => {
    if (!imported.has(block.page)) imported.set(block.page, new Map());
    const name = `${basename(block.page, '.md')}-${block.line}`;
    const file = join(folder, `${name}.mts`);
    writeFileSync(file, asModule(block.code, imported.get(block.page)));
    const reason = Object.keys(ONLY_COMPILED).find((text) => block.code.includes(text));
    return { ...block, file, output: join(folder, `${name}.mjs`), reason: ONLY_COMPILED[reason] };
  });
}

/** The block with what earlier ones of its page have imported, as cells of one notebook. Its lines stay where they are. */
function asModule(code, earlier) {
  const { statements } = typescript.createSourceFile('a.mts', code, typescript.ScriptTarget.ES2022);
  const imports = statements.filter((statement) => typescript.isImportDeclaration(statement));
  const own = new Map(imports.flatMap(namesOf));
  const added = [...earlier]
    .filter(([name]) => !own.has(name) && new RegExp(`(?<![\\w.'-])${name}\\b`).test(code))
    .map(([, text]) => text);
  for (const [name, text] of own) earlier.set(name, text);
  return `${code}\n${added.join('\n')}\nexport {};\n`;
}

/** @returns {[string, string][]} each name with an import of it alone */
function namesOf({ importClause, moduleSpecifier }) {
  const bindings = importClause.namedBindings;
  const from = `from '${moduleSpecifier.text}';`;
  if (typescript.isNamespaceImport(bindings))
    return [[bindings.name.text, `import * as ${bindings.name.text} ${from}`]];
  return bindings.elements.map(({ name }) => [name.text, `import { ${name.text} } ${from}`]);
}

/** Compiles examples with the strictness of cells. @returns {string[]} what is wrong, by page and line */
export function compileExamples(examples) {
  const options = {
    target: typescript.ScriptTarget.ES2022,
    module: typescript.ModuleKind.Node16,
    moduleResolution: typescript.ModuleResolutionKind.Node16,
    lib: ['lib.es2023.d.ts'],
    types: ['node'],
    strict: true,
    skipLibCheck: true,
  };
  const files = [join(folder, 'setting.mts'), ...examples.map(({ file }) => file)];
  const program = typescript.createProgram(files, options);
  program.emit();
  return typescript.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const text = typescript.flattenDiagnosticMessageText(messageText, '\n');
    if (file === undefined) return text;
    const line = file.getLineAndCharacterOfPosition(start).line;
    const example = examples.find((one) => one.file === file.fileName);
    const at = example ? `${example.page}:${example.line + line}` : `${file.fileName}:${line + 1}`;
    return `${at}: ${text}`;
  });
}

/** Runs examples in one process, in a folder of their own. @returns {Promise<string[]>} what is wrong */
export async function runExamples(examples) {
  const cwd = join(folder, 'work');
  mkdirSync(cwd, { recursive: true });
  const byOutput = new Map(examples.map((example) => [example.output, example]));
  const args = [join(folder, 'setting.mjs'), ...byOutput.keys()];
  const child = fork(join(import.meta.dirname, 'run-examples.mjs'), args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const left = new Set(examples);
  const wrong = [];
  let running;
  child.on('message', ({ example, state, error }) => {
    const { at } = (running = byOutput.get(example));
    if (state === 'started') return;
    left.delete(running);
    if (state === 'failed') wrong.push(`${at}: ${error}`);
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), MINUTES * 60_000);
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(limit);
  if (left.size > 0)
    wrong.push(
      `${running?.at ?? 'the setting'}: the process ended, after ${MINUTES} minutes at most:\n${output.slice(-2000)}`,
    );
  return wrong;
}
