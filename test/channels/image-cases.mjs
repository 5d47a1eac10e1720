import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { programsOf, root, venv } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/process.mjs';
import { findPython } from '../../scripts/lib/requirements.mjs';
import { notebookOf } from '../lib/notebook.mjs';
import { execForm, lastOf } from './lib/dockerfile.mjs';
import { withLab } from './lib/lab.mjs';

/** What the image starts, started here with the programs of `.venv`. */
export function imageCases({ stages }) {
  return {
    'the command of the image answers with the token, and refuses without': () =>
      serve(stages.at(-1), programsOf(venv)),
  };
}

/** The image's own steps from the wheel on, in an environment of their own. */
export function wheelCases({ stages, wheel }) {
  const image = stages.at(-1);
  return {
    'the wheel is installed by the step of the image, and its command answers': async () => {
      const path = resolve(wheel);
      assert.ok(
        existsSync(path) && path.endsWith('.whl'),
        `--wheel ${wheel}: there is no such wheel`,
      );
      const folder = mkdtempSync(join(tmpdir(), 'halfnote-image-'));
      try {
        const bin = await installed(image, path, folder);
        await serve(image, bin, computes);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Asks as a browser would, and as docker looks after the image's health. */
async function serve(image, bin, more = async () => {}) {
  const command = execForm(lastOf(image, 'CMD'));
  const health = execForm(lastOf(image, 'HEALTHCHECK'));
  await withLab({ command, bin }, async (lab) => {
    const { get, token, env } = lab;
    assert.equal((await get('/api/contents')).status, 403);
    assert.equal((await get('/api/contents', 'another')).status, 403);
    assert.equal((await get('/lab')).status, 302, 'whoever has no token is sent to log in');
    assert.equal((await get(`/lab?token=${token}`)).status, 200);
    const { kernelspecs } = await (await get('/api/kernelspecs', token)).json();
    assert.ok('halfnote' in kernelspecs, `kernels: ${Object.keys(kernelspecs).join(', ')}`);
    await run(health[0], health.slice(1), { env });
    await assert.rejects(
      run(health[0], health.slice(1), { env: { ...env, JUPYTER_PORT: '9' } }),
      'a server that does not answer is healthy',
    );
    await more(lab, bin);
  });
}

/** A notebook runs in the kernel that Jupyter finds there, with nothing else of this machine. */
async function computes({ home, env }, bin) {
  const path = join(home, 'sum.ipynb');
  const cells = ['%precision bf16', '[1, 2, 3].map((x) => x + 1)'];
  writeFileSync(path, JSON.stringify(notebookOf(cells)));
  await run(
    join(bin, 'jupyter'),
    ['nbconvert', '--to', 'notebook', '--execute', '--inplace', path],
    { env },
  );
  const [precision, sum] = JSON.parse(readFileSync(path, 'utf8')).cells;
  assert.match(JSON.stringify(precision.outputs), /Precision: bf16/);
  assert.match(JSON.stringify(sum.outputs), /\[ ?2, 3, 4 ?\]/);
  const listed = await run('sh', ['-c', `"${bin}/jupyter" labextension list 2>&1`], { env });
  assert.match(listed, /halfnote-lab v[\d.]+ .*enabled.*OK/);
}

/** Runs the step that installs, its paths in a scratch folder; @returns {Promise<string>} the folder of the programs */
async function installed(image, wheel, folder) {
  const step = image.steps.find(
    ({ keyword, text }) => keyword === 'RUN' && /^pip install/.test(text),
  );
  assert.ok(step !== undefined, 'no step installs the wheel');
  mkdirSync(join(folder, 'dist'));
  copyFileSync(wheel, join(folder, 'dist', basename(wheel)));
  copyFileSync(join(root, 'requirements.txt'), join(folder, 'requirements.txt'));
  const { command } = await findPython();
  await run(command, ['-m', 'venv', join(folder, 'venv')]);
  const bin = join(folder, 'venv/bin');
  const shell = step.text.replaceAll('/tmp/', `${folder}/`);
  assert.notEqual(shell, step.text);
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    EXTRA: defaultOf(image, 'EXTRA'),
  };
  await run('sh', ['-euc', shell], { env, cwd: folder });
  assert.ok(!existsSync(join(folder, 'dist')), 'the wheel stays in the image');
  return bin;
}

function defaultOf(image, name) {
  const step = image.steps.find(
    ({ keyword, text }) => keyword === 'ARG' && text.startsWith(`${name}=`),
  );
  assert.ok(step !== undefined, `no ARG ${name}`);
  return step.text.split('=')[1];
}
