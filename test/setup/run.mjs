#!/usr/bin/env node
/** What set-up does when something is missing, was interrupted or hasn't changed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPackageManager } from '../../scripts/lib/network.mjs';
import { root, venvPython } from '../../scripts/lib/paths.mjs';
import { steps } from '../../scripts/setup.mjs';
import { checkNode, findCompiler, findPython } from '../../scripts/lib/requirements.mjs';
import { digest, runSteps } from '../../scripts/lib/steps.mjs';
import { readText, requirements } from '../channels/lib/sources.mjs';
import { runCases } from '../lib/cases.mjs';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-setup-'));

/** Runs the real set-up with an environment of which only `env` is changed. */
function setupWith(env) {
  const result = spawnSync(process.execPath, [join(root, 'scripts/setup.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { code: result.status, lines: `${result.stdout}${result.stderr}`.trim().split('\n') };
}

/** A step that counts its runs and writes one output. */
function countingStep(name, inputs) {
  const output = join(folder, `${name}.out`);
  const step = {
    name,
    runs: 0,
    output,
    key: () => digest(inputs),
    outputs: [output],
    run: async () => {
      step.runs++;
      writeFileSync(output, 'done');
    },
  };
  return step;
}

/** `module in file` for what these Python files import and the packages don't bring. */
function undeclared(paths, packages) {
  const script = join(root, 'test/setup/undeclared.py');
  const args = [script, ...paths, '--', ...packages, 'tensorflow', 'tensorflow-cpu'];
  const { stdout, stderr, status } = spawnSync(venvPython, args, { cwd: root, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const lines = stdout.trim().split('\n');
  assert.ok(Number.parseInt(lines.pop()) > 10, 'files were looked at');
  return lines;
}

const quietly = { stamps: join(folder, 'stamps'), log: () => {} };

await runCases({
  'a missing Python is one line that says what to install': () => {
    const empty = join(folder, 'no-python');
    mkdirSync(empty, { recursive: true });
    symlinkSync(process.execPath, join(empty, 'node'));
    const { code, lines } = setupWith({ PATH: empty });
    assert.equal(code, 1);
    assert.equal(lines.length, 1);
    assert.match(lines[0], /^✗ No Python 3\.10 or newer was found\. Install python3/);
  },
  'a wrong HALFNOTE_PYTHON is named': async () => {
    await assert.rejects(
      findPython({ HALFNOTE_PYTHON: '/no/such/python' }),
      /HALFNOTE_PYTHON is \/no\/such\/python/,
    );
  },
  'a missing compiler is one line that says what to install': () => {
    const { code, lines } = setupWith({ CXX: '/no/such/compiler' });
    assert.equal(code, 1);
    assert.equal(lines.length, 1);
    assert.match(
      lines[0],
      /^✗ No C\+\+ compiler was found \(tried \/no\/such\/compiler\).*apt-get install g\+\+/,
    );
  },
  'the compiler that CXX names is used': async () => {
    const found = await findCompiler();
    assert.equal((await findCompiler({ CXX: found.command })).version, found.version);
  },
  'an old Node.js is refused with the version that is needed': () => {
    assert.throws(
      () => checkNode('18.20.0'),
      /Node\.js 18\.20\.0 is too old: Halfnote needs 20\.12 or newer/,
    );
    checkNode('20.12.0');
  },
  'no network is one line that says so, from pip and from npm': async () => {
    const closedPort = 'http://127.0.0.1:9/';
    const pip = [
      '-m',
      'pip',
      'download',
      '--no-cache-dir',
      '--retries',
      '1',
      '--isolated',
      '-d',
      folder,
      '--index-url',
      closedPort,
      'halfnote-no-such-package',
    ];
    await assert.rejects(
      runPackageManager('Python package index', 'pip config list', venvPython, pip, {
        env: { PATH: process.env.PATH },
      }),
      {
        message:
          /^The Python package index does not answer\. Check the network or the proxy \(pip config list\), then run this again: .*$/,
      },
    );
    const npm = [
      'view',
      'halfnote',
      '--registry',
      closedPort,
      '--fetch-retries',
      '0',
      '--cache',
      join(folder, 'npm'),
    ];
    await assert.rejects(runPackageManager('npm registry', 'npm config list', 'npm', npm), {
      message: /^The npm registry does not answer/,
    });
  },
  'a step runs once, and again when its inputs change': async () => {
    const step = countingStep('once', ['a']);
    await runSteps([step], quietly);
    await runSteps([step], quietly);
    assert.equal(step.runs, 1);
    await runSteps([{ ...step, key: () => digest(['b']) }], quietly);
    assert.equal(step.runs, 2);
  },
  'a step whose output was lost runs again': async () => {
    const step = countingStep('lost', ['a']);
    await runSteps([step], quietly);
    rmSync(step.output);
    await runSteps([step], quietly);
    assert.equal(step.runs, 2);
    assert.ok(existsSync(step.output));
  },
  'an interrupted step runs again': async () => {
    const step = countingStep('broken', ['a']);
    const { run } = step;
    await runSteps([step], quietly);
    step.run = () => Promise.reject(new Error('interrupted'));
    await assert.rejects(runSteps([step], { ...quietly, force: true }), /interrupted/);
    step.run = run;
    await runSteps([step], quietly);
    assert.equal(step.runs, 2);
  },
  'a digest sees the content and the name of every file': () => {
    const watched = join(folder, 'watched');
    mkdirSync(watched, { recursive: true });
    writeFileSync(join(watched, 'a'), '1');
    const before = digest([], [watched]);
    writeFileSync(join(watched, 'a'), '2');
    assert.notEqual(digest([], [watched]), before);
    writeFileSync(join(watched, 'a'), '1');
    assert.equal(digest([], [watched]), before);
    writeFileSync(join(watched, 'b'), '');
    assert.notEqual(digest([], [watched]), before);
  },
  'set-up writes nothing outside the checkout and the caches': () => {
    const home = join(folder, 'home');
    mkdirSync(home);
    const { code, lines } = setupWith({ HOME: home });
    assert.equal(code, 0, lines.join('\n'));
    const written = spawnSync(
      'find',
      [home, '-type', 'f', '-not', '-path', '*/.npm/*', '-not', '-path', '*/.cache/*'],
      { encoding: 'utf8' },
    ).stdout;
    assert.equal(written, '');
  },
  'what only tests import is installed for them, not by the set-up or the demo': () => {
    const found = {
      python: { version: '3.11' },
      compiler: {},
      tensorflow: { package: 'tensorflow' },
    };
    const names = (options) => steps(found, options).map(({ name }) => name);
    const step = 'what the tests need';
    assert.ok(!names({ tests: false }).includes(step));
    assert.deepEqual(
      names({ tests: true }).filter((name) => name !== step),
      names({ tests: false }),
    );
  },
  'set-up brings what the product and its scripts import, with the tests’ packages what tests do':
    () => {
      const of = (line) => line.split(' in ')[0];
      // The course's own environment has it: notebooks/course/requirements.txt.
      const ofTheCourse = ['nbgrader'];
      const product = undeclared(['kernel/python', 'scripts'], ['requirements.txt']).filter(
        (line) => !ofTheCourse.includes(of(line)),
      );
      // Taken where somebody has installed it.
      assert.deepEqual(product.map(of).sort(), ['ai_edge_litert', 'distributed']);
      const tests = undeclared(['test'], ['requirements.txt', 'test/requirements.txt']);
      // Peers of the bench, what fixtures were made with, and the product's own.
      const elsewhere = ['torch', 'transformers', 'modelopt', 'scipy', 'zeus', 'halfnote_tflite'];
      const tools = readFileSync(join(root, 'test/tools/requirements.txt'), 'utf8');
      const ofTheTools = [...tools.matchAll(/^\w[\w-]*/gm)].map(([name]) => name);
      // Those of the widgets are cases of the conformance suite, by its modules.
      const ofConformance = ['cases', 'client', 'run'];
      const known = [...elsewhere, ...ofTheCourse, ...ofTheTools, ...ofConformance];
      assert.deepEqual(
        tests.filter((line) => !known.includes(of(line))),
        [],
      );
    },
  'a judge of the tests has a last minor version: a new one changes no verdict unasked': () => {
    const folders = ['test', 'test/tools', 'notebooks/course'];
    const asked = folders.flatMap((folder) => [
      ...requirements(readText(join(folder, 'requirements.txt'))),
    ]);
    assert.ok(asked.length > 15);
    assert.deepEqual(
      asked.filter(([, range]) => !/==\d|<\d+\.\d+$/.test(range)),
      [],
    );
  },
  'the lock file names no registry': () => {
    assert.doesNotMatch(
      readFileSync(join(root, 'package-lock.json'), 'utf8'),
      /"resolved": "https?:/,
    );
  },
}).finally(() => rmSync(folder, { recursive: true, force: true }));
