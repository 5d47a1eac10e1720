import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs';
import { engine, type TapeNode } from './engine-internals';
import { gradientOf, methodPatch, type Patch } from './patch';

/** An op as it goes onto the tape: its inputs and outputs are alive. */
export interface TapedOp {
  /** The kernel, or for a gradient written by hand the scope that it stands in. */
  readonly name: string;
  readonly inputs: NamedTensorMap;
  readonly outputs: readonly Tensor[];
}

/** How the gradient of an op is computed. */
export interface GradientRule {
  /** Runs a part of it. */
  run<T>(fn: () => T): T;
  /** What becomes of the gradient of an input. */
  received(input: string, gradient: Tensor): Tensor;
}

type TapedArguments = [
  name: string,
  inputs: NamedTensorMap,
  outputs: readonly Tensor[],
  gradient: unknown,
  saved?: readonly Tensor[],
  ...rest: unknown[],
];

let ruleOf: ((op: TapedOp) => GradientRule | undefined) | undefined;

/** Sets what says, as an op runs, how its gradient will be computed; undefined: as tfjs does. */
export function setGradientRule(rule: typeof ruleOf): void {
  ruleOf = rule;
}

/**
 * An op's gradient belongs to the layer that ran the op, and to the format in which it ran. What is true or
 * false and has none stays off the tape: tfjs throws for the ops that give it.
 */
export const tape: Patch = methodPatch(
  {
    target: 'engine',
    member: 'addTapeNode',
    why: "An op's gradient runs under the policy of the layer that ran the op, in the op's own format; booleans have none.",
  },
  engine,
  (original) => {
    const internals = engine();
    const addTapeNode = original.bind(internals);
    return (...args: TapedArguments) => {
      const [name, inputs, outputs, byHand, saved] = args;
      const isBoolean = outputs.length > 0 && outputs.every(({ dtype }) => dtype === 'bool');
      if (isBoolean && (byHand ?? gradientOf(name) ?? undefined) === undefined) {
        for (const tensor of saved ?? []) tensor.dispose();
        return;
      }
      addTapeNode(...args);
      const rule = ruleOf?.({ name, inputs, outputs });
      const node = internals.state.activeTape?.at(-1);
      if (rule !== undefined && node !== undefined) follow(node, rule);
    };
  },
);

function follow(node: TapeNode, rule: GradientRule): void {
  const { gradient } = node;
  if (gradient === undefined) return;
  node.gradient = (dys) => {
    const inputs = rule.run(() => gradient(dys));
    return Object.fromEntries(
      Object.entries(inputs).map(([name, compute]) => [
        name,
        () => rule.received(name, rule.run(compute)),
      ]),
    );
  };
}
