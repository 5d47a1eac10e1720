import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { root } from '../../scripts/lib/paths.mjs';
import { execForm, lastOf } from './lib/dockerfile.mjs';
import { gitFiles, ignoredByGit, readText } from './lib/sources.mjs';

/** The Dockerfile and its `.dockerignore`, read by parsers of others and held against the checkout. */
export function dockerfileCases({ stages, packageJson }) {
  const ignore = dockerignore().add(readText('.dockerignore'));
  const image = stages.at(-1);
  const copies = stages.flatMap(({ steps }) => steps.filter(({ keyword }) => keyword === 'COPY'));
  const runs = stages.flatMap(({ steps }) => steps.filter(({ keyword }) => keyword === 'RUN'));
  return {
    'the image has a stage with the tools, one with the wheel, and the one that is used': () => {
      assert.deepEqual(
        stages.map(({ name }) => name),
        ['tools', 'build', undefined],
      );
      assert.equal(stages[1].image, 'tools');
    },
    'what the build compiles runs in the image: both are of one Debian release': () => {
      const releases = [stages[0], image].map(({ image: base }) => base.split('-').at(-1));
      assert.match(releases[0], /^[a-z]{4,}$/);
      assert.notEqual(releases[0], 'slim');
      assert.equal(releases[0], releases[1]);
    },
    'each step of the shell parses': () => {
      assert.ok(runs.length >= 4, `there are ${runs.length}`);
      for (const { text } of runs) {
        const { status, stderr } = spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' });
        assert.equal(status, 0, `${text}\n${stderr}`);
      }
    },
    'each npm script that a step runs is there': () => {
      const scripts = runs.flatMap(({ text }) => [...text.matchAll(/npm run (\S+)/g)]);
      assert.ok(scripts.length >= 2, `they run ${scripts.length}`);
      for (const [, name] of scripts)
        assert.ok(name in packageJson.scripts, `package.json has no script ${name}`);
    },
    'each file that is copied is there and gets into the build': () => {
      const sources = copies
        .filter(({ flags }) => !flags.has('from'))
        .flatMap(({ words }) => words.slice(0, -1));
      assert.deepEqual(sources, ['.', 'requirements.txt']);
      for (const source of sources) {
        assert.ok(existsSync(join(root, source)), `${source} is not there`);
        assert.ok(source === '.' || !ignore.ignores(source), `.dockerignore leaves ${source} out`);
      }
    },
    'each stage that is copied from comes before': () => {
      stages.forEach(({ steps }, at) => {
        const before = stages.slice(0, at).map(({ name }) => name);
        for (const { flags } of steps)
          if (flags.has('from')) assert.ok(before.includes(flags.get('from')), flags.get('from'));
      });
    },
    '.dockerignore keeps every source, and leaves out what git ignores': () => {
      const left = ignore.createFilter();
      const tracked = gitFiles();
      assert.ok(tracked.length > 1000);
      assert.deepEqual(
        tracked.filter((file) => !left(file)),
        [],
      );
      const made = ignoredByGit([
        'node_modules/tslab/package.json',
        'kernel/node_modules/zod/package.json',
        'dist/halfnote-0.1.0-py3-none-any.whl',
        'kernel/dist/index.js',
        'build/unit.json',
        '.venv/bin/python',
        '.venv-course/bin/python',
        '.setup/kernel',
        'kernel/tsconfig.tsbuildinfo',
        'notebooks/.ipynb_checkpoints/quickstart.ipynb',
        'test/cost/__pycache__/a.pyc',
        'extension/lib/index.js',
        'extension/halfnote_lab/labextension/package.json',
        'coverage/index.html',
        'notebooks/data/digits.csv.gz',
      ]);
      assert.deepEqual(
        made.filter((file) => left(file)),
        [],
        'they would get into the image',
      );
    },
    'every pattern of .gitignore has its like in .dockerignore': () => {
      const patterns = (file) =>
        readText(file)
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('#'))
          .map((line) => line.replace(/^\*\*\//, '').replace(/\/$/, ''));
      const ours = new Set(patterns('.dockerignore'));
      assert.deepEqual(
        patterns('.gitignore').filter((pattern) => !ours.has(pattern)),
        [],
      );
    },
    'the image runs as a user of its own, under an init that it has': () => {
      const { words } = lastOf(image, 'USER');
      assert.notEqual(words[0], '0');
      assert.notEqual(words[0], 'root');
      const [init] = execForm(lastOf(image, 'ENTRYPOINT'));
      const installs = image.steps.some(
        ({ keyword, text }) =>
          keyword === 'RUN' && text.includes(`--no-install-recommends ${init}`),
      );
      assert.ok(installs, `nothing installs ${init}`);
      // After it nothing is done as root.
      const at = (keyword) => image.steps.findLastIndex((step) => step.keyword === keyword);
      assert.ok(at('USER') > at('RUN'));
    },
    'the image serves on the port that it exposes, to others than itself': () => {
      assert.deepEqual(lastOf(image, 'EXPOSE').words, ['8888']);
      const command = execForm(lastOf(image, 'CMD'));
      assert.ok(command.includes('--ip=0.0.0.0'));
      // Who sets one has it in the image, and so in everybody's hands.
      assert.ok(!command.some((word) => /token|password/.test(word)));
      assert.ok(!image.steps.some(({ keyword, text }) => keyword === 'ENV' && /TOKEN/.test(text)));
    },
  };
}
