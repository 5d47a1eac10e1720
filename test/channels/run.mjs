#!/usr/bin/env node
/**
 * The ways to have Halfnote that this checkout describes and a machine without docker can't build: the image, the
 * dev container, Binder, conda. Parsed by the parsers of those who run them, held against the sources, and run as far
 * as that goes.
 *
 * `node test/channels/run.mjs [--wheel <path>]`: with a wheel, the steps of the image that take it are run too.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/process.mjs';
import { runCases } from '../lib/cases.mjs';
import { dockerfileCases } from './dockerfile-cases.mjs';
import { environmentCases, linterOf, pythonWith } from './environment-cases.mjs';
import { imageCases, wheelCases } from './image-cases.mjs';
import { stagesOf } from './lib/dockerfile.mjs';
import { readText } from './lib/sources.mjs';

const { wheel } = parseArgs({ options: { wheel: { type: 'string' } } }).values;
const stages = stagesOf(readText('Dockerfile'));
const packageJson = JSON.parse(readText('package.json'));
const python = await pythonWith('repo2docker', process.env.CHANNELS_PYTHON);
const linter = process.env.CHANNELS_HADOLINT ?? (python && linterOf(python));

const skipped = [
  ...(python === undefined ? ["Binder's own builder: repo2docker is not installed"] : []),
  ...(linter === undefined ? ['the linter of Dockerfiles: hadolint is not installed'] : []),
];
for (const reason of skipped) console.log(`skipped: ${reason}`);

await runCases(
  {
    ...dockerfileCases({ stages, packageJson }),
    ...(linter === undefined
      ? {}
      : {
          'hadolint, and ShellCheck in it, find nothing to say of the Dockerfile': async () => {
            assert.equal(await run(linter, [join(root, 'Dockerfile')]), '');
          },
        }),
    ...environmentCases({ stages, packageJson, python }),
    ...imageCases({ stages }),
    ...(wheel === undefined ? {} : wheelCases({ stages, wheel })),
  },
  { skipped: skipped.length },
);
