import { compileByXla, xlaStatistics } from '../../backend/deferred/compile';
import { stepsInWords, whyOpByOp } from '../../backend/deferred/steps';
import { RUNS_BEFORE_XLA } from '../../backend/deferred/xla';
import { TextView } from '../../display/text-view';
import { HalfnoteError } from '../../errors';
import { ensureFacts, regime } from '../session';
import { COMPILERS, type Compiler } from './compilers';
import { keptFromXla } from './xla-formats';

/**
 * `xla`: programs of steps that have run a few times are compiled by XLA, in fp32 and tf32. `off`, which is
 * so at the start: TensorFlow runs them op by op; {@link compileStep} with `xla` goes on.
 *
 * @throws HalfnoteError `invalid-argument`; `no-programs` where steps don't run as programs.
 */
export function setCompile(compiler: Compiler): TextView {
  if (!COMPILERS.includes(compiler)) {
    throw new HalfnoteError(
      'invalid-argument',
      `Steps can't be compiled by ${compiler as string}.`,
      `Allowed: ${COMPILERS.join(', ')}.`,
    );
  }
  ensureFacts();
  if (!compileByXla(compiler === 'xla') && compiler === 'xla') {
    throw new HalfnoteError(
      'no-programs',
      `XLA compiles steps that run as one program; here they run op by op: ${whyOpByOp() ?? 'no backend'}.`,
      'docs/steps.md says when they do.',
    );
  }
  return compileStatus();
}

/** What programs are compiled by, and what came of it. */
export function compileStatus(): TextView {
  ensureFacts();
  const xla = xlaStatistics();
  if (xla === undefined) return TextView.of(`Steps ${stepsInWords()}.`);
  const state = xla.on
    ? `XLA compiles programs of fp32 and tf32 once they have run ${RUNS_BEFORE_XLA} times. ` +
      "Results differ from those of TensorFlow's own kernels in last digits."
    : 'XLA is off, but in compileStep with {xla: true}.';
  const kept = xla.on ? keptFromXla(regime()) : undefined;
  return TextView.of([state, kept, `Steps ${stepsInWords()}.`].filter(Boolean).join(' '));
}
