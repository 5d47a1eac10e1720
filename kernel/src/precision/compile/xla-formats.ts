import { lowers, type Regime } from '../session';

/** Policies whose programs XLA compiles. */
const COMPILED: readonly string[] = ['fp32', 'tf32'];

/** What keeps XLA from compiling under a policy, in words; undefined where nothing does. */
export function keptFromXla(regime: Regime): string | undefined {
  const { policy, keep } = regime;
  const formats = [
    policy,
    ...(lowers(regime) ? keep.rules.map((rule) => rule.policy) : []),
  ].flatMap(({ param, compute, output }) => [compute, param, output]);
  const rounded = formats.find((format) => !COMPILED.includes(format));
  return rounded === undefined
    ? undefined
    : `What runs in ${rounded} runs without XLA, which would leave out roundings and show an error ` +
        `that ${rounded} doesn't have; XLA compiles programs in ${COMPILED.join(' and ')}.`;
}
