#!/usr/bin/env node
/**
 * `halfnote/widgets` beside Python's ipywidgets: states, messages and abbreviations of both are compared, and a
 * notebook with widgets is run and exported without a front end.
 *
 *   node test/widgets/run.mjs [part of a case's name ...]
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { tools } from '../tools/environment.mjs';

await tools.setUp();
const { status } = spawnSync(
  tools.program('python'),
  [join(root, 'test/widgets/judge.py'), ...process.argv.slice(2)],
  { stdio: 'inherit', env: tools.variables() },
);
process.exitCode = status ?? 1;
