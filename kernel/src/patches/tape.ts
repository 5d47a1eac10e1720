import { engine, type TapeNode } from './engine-internals';
import { methodPatch, type Patch } from './patch';

/** Runs `fn` as if it were called where an op ran. */
type Return = <T>(fn: () => T) => T;

let capture: (() => Return | undefined) | undefined;

/** Sets what notes, as an op runs, where that is; its gradient will be computed there. */
export function setOpPlace(note: () => Return | undefined): void {
  capture = note;
}

/** An op's gradient belongs to the layer that ran the op. */
export const tape: Patch = methodPatch(
  {
    target: 'engine',
    member: 'addTapeNode',
    why: "An op's gradient runs under the policy of the layer that ran the op.",
  },
  engine,
  (original) => {
    const internals = engine();
    const addTapeNode = original.bind(internals);
    return (...args: unknown[]) => {
      addTapeNode(...args);
      const there = capture?.();
      const node = internals.state.activeTape?.at(-1);
      if (there !== undefined && node !== undefined) moveGradient(node, there);
    };
  },
);

function moveGradient(node: TapeNode, there: Return): void {
  const { gradient } = node;
  if (gradient === undefined) return;
  node.gradient = (dys) => {
    const inputs = there(() => gradient(dys));
    return Object.fromEntries(
      Object.entries(inputs).map(([name, compute]) => [name, () => there(compute)]),
    );
  };
}
