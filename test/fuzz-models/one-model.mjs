/** Puts one model through what its seed chooses, and says what came of each. */
import { CHECKS } from './checks/table.mjs';
import { Context } from './context.mjs';
import { JudgeError } from './judge/judge.mjs';
import { Random, seedOf } from './random.mjs';

/** Sentences, not topologies. */
const LONGEST_MESSAGE = 900;

export function chosenChecks(spec, only) {
  return CHECKS.filter(({ name, share, applies = () => true }) => {
    const wanted =
      only === undefined ? new Random(seedOf(spec.seed, name)).chance(share) : name.includes(only);
    return wanted && applies(spec);
  });
}

/**
 * @returns `{ status, detail }`: `passed`, `refused` with the reason, `unjudged` where stock tfjs can't
 *   run the model either, `failed`
 */
export async function tryCheck(check, kit, judge, spec, folder) {
  const { tf, halfnote } = kit;
  const context = new Context(kit, judge, spec, check.name, folder);
  const before = tf.memory().numTensors;
  let outcome;
  try {
    const detail = await check.run(context);
    outcome = detail === undefined ? { status: 'passed' } : { status: 'failed', detail };
  } catch (error) {
    if (error instanceof JudgeError) outcome = { status: 'unjudged', detail: error.message };
    else if (error instanceof halfnote.HalfnoteError) outcome = refusal(error);
    else outcome = await crash(error, judge, spec, check.task ?? 'predict');
  }
  try {
    context.release();
  } catch (error) {
    outcome = { status: 'failed', detail: `dispose throws ${String(error?.stack ?? error)}` };
  }
  tf.disposeVariables();
  const left = tf.memory().numTensors - before;
  if (left > 0 && (outcome.status === 'passed' || outcome.status === 'refused'))
    outcome = { status: 'failed', detail: `leaves ${left} tensors` };
  return outcome;
}

/** What stock tfjs throws at too isn't ours. */
async function crash(error, judge, spec, task) {
  try {
    await judge.ask(spec, task, 'fp32');
  } catch (same) {
    if (same instanceof JudgeError) return { status: 'unjudged', detail: same.message };
  }
  return { status: 'failed', detail: `throws ${String(error?.stack ?? error).slice(0, 1500)}` };
}

function refusal({ code, message }) {
  if (message.length > LONGEST_MESSAGE || /\{"|undefined|\[object/.test(message)) {
    return { status: 'failed', detail: `refuses in no sentence: ${message.slice(0, 2000)}` };
  }
  return { status: 'refused', code, detail: message };
}
