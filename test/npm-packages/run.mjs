#!/usr/bin/env node
/** Halfnote's npm packages, packed, installed into an empty project without scripts, and used there. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeNpmPackages } from '../../scripts/npm-packages.mjs';
import { filesBelow } from '../../scripts/packages/files.mjs';
import { programOf, root, sitePackages, venv } from '../../scripts/lib/paths.mjs';
import { probe } from '../../scripts/lib/process.mjs';
import { runCases } from '../lib/cases.mjs';
import { notebookOf, textsOf } from '../lib/notebook.mjs';
import { bytesOf } from '../lib/files.mjs';
import { Project } from './project.mjs';

/** Packages whose install scripts npm would run where scripts are on, and why none of them downloads. */
const HARMLESS = {
  'core-js': 'prints who makes it',
  koffi: 'finds its addon in @koromix/koffi-<platform>',
  protobufjs: 'warns of versions that do not fit',
  zeromq: 'finds its addon in itself; builds one only where that one does not load',
};
const MOST_MB = { halfnote: 3, '@halfnote/binding-linux-x64': 20 };

const project = new Project();
const bindingName = `@halfnote/binding-${process.platform}-${process.arch}`;
const binding = join(project.modules, bindingName);
const at = (...parts) => join(project.folder, ...parts);
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

const tensorflow = join(sitePackages(), 'tensorflow');
const native = { HALFNOTE_TENSORFLOW: tensorflow };
const noTensorFlow = existsSync(tensorflow) ? undefined : { skipped: 'no TensorFlow in .venv' };

/** The example of docs/library.md as it stands there. */
function example() {
  const text = readFileSync(join(root, 'docs/library.md'), 'utf8');
  return /^```js\n(\/\/ train\.mjs\n[^]*?)^```$/m.exec(text)[1];
}

/** Runs int8.mjs, and returns what it computed on. */
async function computeInt8(env, mostError) {
  copyFileSync(join(root, 'test/npm-packages/int8.mjs'), at('int8.mjs'));
  const output = await project.run(process.execPath, ['int8.mjs'], env);
  const { engine, maxAbsError, libraries } = JSON.parse(/^answer: (.*)$/m.exec(output)[1]);
  assert.ok(maxAbsError < mostError, `ONNX Runtime is ${maxAbsError} from what was quantized`);
  const runtime = libraries.filter((file) => file.includes('onnxruntime'));
  assert.ok(runtime.length >= 2, `ONNX Runtime and its addon are loaded: ${libraries}`);
  assert.deepEqual([...new Set(runtime.map(dirname))], [binding]);
  const addons = libraries.filter((file) => file.includes('tfjs')).map((file) => basename(file));
  return { engine, addons };
}

const missingOf = (report) =>
  JSON.parse(report)
    .findings.filter(({ state }) => state === 'missing')
    .map(({ name }) => name);

/** The text that a notebook's cells print, executed by the Jupyter of .venv with our kernel. */
async function executeNotebook(cells, env) {
  writeFileSync(at('cells.ipynb'), JSON.stringify(notebookOf(cells)));
  const args = ['nbconvert', '--to', 'notebook', '--execute', '--output', 'done', 'cells.ipynb'];
  await project.run(programOf(venv, 'jupyter'), args, env);
  return textsOf(readJson(at('done.ipynb')));
}

await runCases({
  'the packages are small, and have no scripts, source maps and tests': async () => {
    const packages = await makeNpmPackages({ to: join(project.top, 'packages') });
    for (const { name, packed, unpacked } of packages) {
      console.log(`  ${name}: ${megabytes(packed)} packed, ${megabytes(unpacked)} unpacked`);
      assert.ok(packed < (MOST_MB[name] ?? 30) * 1e6, `${name} has ${megabytes(packed)}`);
    }
    await project.install(packages.map(({ file }) => file));
    const own = join(project.modules, 'halfnote');
    const names = filesBelow(own).map((file) => basename(file));
    assert.deepEqual(
      names.filter((name) => /\.map$|\.(?:test|fixture)\.|tsbuildinfo$/.test(name)),
      [],
    );
    const manifests = filesBelow(own).filter((file) => basename(file) === 'package.json');
    assert.ok(manifests.length >= 5);
    for (const file of manifests) assert.equal(readJson(file).scripts, undefined, file);
    console.log(`  installed: ${megabytes(bytesOf(filesBelow(project.modules)))}`);
  },
  'what is installed is what was asked for, and nothing more': async () => {
    await project.npm(['ls', '--all']);
    const { dependencies } = readJson(at('package.json'));
    assert.equal(readJson(at('package.json')).overrides, undefined);
    assert.equal(Object.keys(dependencies).length, 2);
    const fork = join(project.modules, '@tslab/typescript-for-tslab');
    assert.ok(!existsSync(fork), 'no fork of TypeScript');
    const whole = readJson(join(project.modules, 'halfnote/package.json')).dependencies;
    assert.deepEqual(
      Object.values(whole).filter((version) => !/^\d+\.\d+\.\d+$/.test(version)),
      [],
    );
  },
  'the terms of all that is passed on come with it': () => {
    const terms = readFileSync(join(project.modules, 'halfnote/THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of ['tslab', '@tensorflow/tfjs-node-gpu', 'onnxruntime-node'])
      assert.ok(terms.includes(name), name);
    assert.match(terms, /Copyright \(c\) Microsoft Corporation/);
    for (const name of ['halfnote', bindingName])
      assert.ok(existsSync(join(project.modules, name, 'LICENSE')), name);
  },
  'no install script is there but those that download nothing': async () => {
    const manifests = filesBelow(project.modules)
      .filter((file) => basename(file) === 'package.json')
      .map((file) => ({ file, ...readJson(file) }));
    assert.ok(manifests.length > 100);
    const hooks = ['preinstall', 'install', 'postinstall'];
    const scripted = manifests
      .filter(
        ({ file, gypfile, scripts }) =>
          gypfile === true ||
          hooks.some((hook) => scripts?.[hook]) ||
          existsSync(join(dirname(file), 'binding.gyp')),
      )
      .map(({ name }) => name);
    assert.deepEqual(
      scripted.filter((name) => !(name in HARMLESS)),
      [],
    );
  },
  'where scripts are on, they run without a network': async () => {
    const offline = ['--net', '--map-root-user'];
    if ((await probe('unshare', [...offline, 'true'])) === undefined)
      return { skipped: 'this system starts no process without a network' };
    await project.run('unshare', [...offline, 'npm', 'rebuild', '--foreground-scripts']);
  },
  'every module finds what it needs': async () => {
    const loader = join(root, 'test/wheel/load-all.cjs');
    const dist = join(project.modules, 'halfnote/dist');
    const output = await project.run(process.execPath, [loader, dist]);
    assert.ok(Number(output.trim().split('\n').at(-1)) > 1000, output);
  },
  'the example of docs/library.md runs, by WebAssembly where there is no TensorFlow': async () => {
    writeFileSync(at('train.mjs'), example());
    const output = await project.run(process.execPath, ['train.mjs']);
    assert.match(output, /^simulated Without TensorFlow the WebAssembly backend serves/m);
    assert.match(output, /^Precision: fp16 .*simulated/m);
    assert.match(output, /^dense_Dense1 +Dense +int8 +simulated/m);
    assert.match(output, /^Precision comparison: .*wasm/m);
  },
  'the example of docs/library.md runs on the TensorFlow that HALFNOTE_TENSORFLOW names':
    async () => {
      if (noTensorFlow) return noTensorFlow;
      const output = await project.run(process.execPath, ['train.mjs'], native);
      assert.doesNotMatch(output, /WebAssembly backend serves/);
      assert.match(output, /^dense_Dense1 +Dense +int8 +native/m);
      assert.match(output, /^Precision comparison: .*tensorflow \d/m);
      assert.match(output, /^fp32-ort +native/m);
    },
  'int8 runs in ONNX Runtime beside WebAssembly': async () => {
    // Weights of 8 bits, and processors without VNNI sum their products in 16.
    assert.deepEqual(await computeInt8({}, 0.2), { engine: 'wasm', addons: [] });
  },
  'int8 runs in ONNX Runtime beside TensorFlow': async () => {
    if (noTensorFlow) return noTensorFlow;
    const addons = ['tfjs_binding.node'];
    assert.deepEqual(await computeInt8(native, 0.02), { engine: 'tensorflow', addons });
  },
  'a TensorFlow of another version than the packages were made with has the addon for all':
    async () => {
      if (noTensorFlow) return noTensorFlow;
      const note = join(binding, 'tfjs_binding.json');
      const text = readFileSync(note);
      writeFileSync(note, JSON.stringify({ tensorflow: '2.0.0' }));
      const { addons } = await computeInt8(native, 0.02);
      writeFileSync(note, text);
      assert.deepEqual(addons, ['tfjs_binding_portable.node']);
    },
  'the active environment’s TensorFlow is found': async () => {
    if (noTensorFlow) return noTensorFlow;
    const script = `require('halfnote').ensureBackend().then(({ engine }) => console.log(engine))`;
    const environment = { VIRTUAL_ENV: venv };
    const output = await project.run(process.execPath, ['-e', script], environment);
    assert.equal(output.trim().split('\n').at(-1), 'tensorflow');
  },
  'the example has types, and misuse is told': async () => {
    writeFileSync(at('train.mts'), example());
    copyFileSync(join(root, 'test/npm-packages/misuse.mts'), at('misuse.mts'));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022'];
    const files = ['train.mts', 'misuse.mts'];
    const compiler = join(project.modules, 'typescript/bin/tsc');
    const args = [compiler, ...options, '--module', 'nodenext', ...files];
    await project.run(process.execPath, args);
  },
  'npx finds the command': async () => {
    const { version } = readJson(join(root, 'kernel/package.json'));
    const output = await project.run('npx', ['--no-install', 'halfnote', '--version']);
    assert.equal(output.trim().split('\n')[0], version);
  },
  'the doctor misses nothing where all is there': async () => {
    if (noTensorFlow) return noTensorFlow;
    assert.deepEqual(missingOf(await project.halfnote(['doctor', '--json'], native)), []);
  },
  'without TensorFlow the doctor misses nothing, and says how to get it': async () => {
    const report = await project.halfnote(['doctor', '--json']);
    assert.deepEqual(missingOf(report), []);
    const engine = JSON.parse(report).findings.find(({ name }) => name === 'engine');
    assert.equal(engine.state, 'note');
    assert.match(engine.value, /WebAssembly/);
    assert.match(engine.hint, /pip install .*tensorflow.*HALFNOTE_TENSORFLOW/);
  },
  'without the compiled parts one line says what to install': async () => {
    renameSync(binding, `${binding}.away`);
    const failed = await project.run(process.execPath, ['int8.mjs']).catch(({ output }) => output);
    renameSync(`${binding}.away`, binding);
    assert.match(failed, /^HalfnoteError: ONNX Runtime can't be loaded: Cannot find module .*\.$/m);
    assert.ok(failed.includes(`Install ${bindingName} in the version of halfnote`), failed);
  },
  'a folder without TensorFlow in HALFNOTE_TENSORFLOW is named': async () => {
    const wrong = { HALFNOTE_TENSORFLOW: project.home };
    const report = await project.halfnote(['doctor'], wrong);
    assert.ok(report.includes(`HALFNOTE_TENSORFLOW is ${project.home}, where there is no lib`));
  },
  'a Jupyter that is installed runs the kernel': async () => {
    const folder = (name) => join(project.top, 'jupyter', name);
    const env = {
      JUPYTER_DATA_DIR: folder('data'),
      JUPYTER_CONFIG_DIR: folder('config'),
      JUPYTER_RUNTIME_DIR: folder('runtime'),
      IPYTHONDIR: folder('ipython'),
      // Else the kernelspec of .venv, which is the checkout's, would come first.
      JUPYTER_PREFER_ENV_PATH: '0',
      // Made behind a kernel that has ended, in what is removed here.
      HALFNOTE_SNAPSHOT: 'off',
      ...(noTensorFlow ? {} : native),
    };
    await project.halfnote(['install', '--user'], env);
    const printed = await executeNotebook(
      [
        `import { deviceFacts } from 'halfnote';\nconst x: number = 40 + 2; x`,
        `console.log(deviceFacts().engine, require.resolve('halfnote'))`,
        '%precision bf16',
      ],
      env,
    );
    assert.equal(printed[0], '42');
    const own = join(project.modules, 'halfnote/dist/index.js');
    assert.equal(printed[1].trim(), `${noTensorFlow ? 'wasm' : 'tensorflow'} ${own}`);
    assert.match(printed[2], /^Precision: bf16/);
  },
  'the snapshot that kernels start from is made': async () => {
    const maker = join(project.modules, 'halfnote/dist/runtime/language/snapshot/build.js');
    const cache = join(project.top, 'cache');
    await project.run(process.execPath, [maker], { XDG_CACHE_HOME: cache });
    const made = filesBelow(cache).map((file) => basename(file));
    assert.equal(made.filter((name) => /^language-\w+\.blob$/.test(name)).length, 1, `${made}`);
  },
}).finally(() => rmSync(project.top, { recursive: true, force: true }));
