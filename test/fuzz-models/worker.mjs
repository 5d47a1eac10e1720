/** Tries the models that it is told to, one after the other, in a process of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { CHECKS } from './checks/table.mjs';
import { generate } from './generate.mjs';
import { Judge } from './judge/judge.mjs';
import { chosenChecks, tryCheck } from './one-model.mjs';
import { program } from './program.mjs';
import { shrink } from './shrink.mjs';

process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
const require = createRequire(join(root, 'kernel/package.json'));
const tf = require('@tensorflow/tfjs');
const halfnote = require(join(root, 'kernel/dist/index.js'));
await halfnote.ensureBackend();
const kit = { tf, halfnote, own: halfnote };
const judge = new Judge();
const folder = mkdtempSync(join(tmpdir(), 'halfnote-fuzz-models-'));

process.on('message', async ({ number, seed, only }) => {
  if (number === undefined) {
    rmSync(folder, { recursive: true, force: true });
    process.exit();
  }
  const spec = generate(seed, kit);
  tf.disposeVariables();
  const outcomes = [];
  for (const check of chosenChecks(spec, only)) {
    process.send({ number, doing: check.name });
    const outcome = await tryCheck(check, kit, judge, spec, folder);
    outcomes.push({ check: check.name, ...outcome });
    if (outcome.status === 'failed') outcomes.at(-1).program = await smallProgram(spec, check);
  }
  process.send({ number, outcomes });
});
process.send({ ready: CHECKS.map(({ name }) => name) });

async function smallProgram(spec, check) {
  const failure = async (candidate) => {
    const { status, detail } = await tryCheck(check, kit, judge, candidate, folder);
    return status === 'failed' ? detail : undefined;
  };
  try {
    const small = await shrink(spec, kit, failure);
    return `${program(small, kit, check)}\n// ${await failure(small)}`;
  } catch (error) {
    return `can't be made smaller: ${String(error?.stack ?? error)}`;
  } finally {
    tf.disposeVariables();
  }
}
