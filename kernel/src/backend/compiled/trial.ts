import { DT } from '../dtypes';
import { bufferOf, type TensorType } from '../deferred/tape';
import type { Machine } from './machine';
import type { Chain, OwnCall } from './own-kernels';

/** Numbers of a trial's tensors. A sum in another order differs somewhere long before so many. */
const MOST_NUMBERS = 2 ** 22;

const known = new Map<string, OwnCall | undefined>();

/**
 * The call of ours that gives the bits which a chain of TensorFlow's ops gives, on random numbers; undefined
 * where none does. An order of summation doesn't depend on what is summed.
 */
export function sameBits(machine: Machine, chain: Chain): OwnCall | undefined {
  const key = JSON.stringify([
    chain.types,
    chain.calls,
    chain.ops.map(({ name, attributes }) => [name, attributes]),
  ]);
  if (!known.has(key)) known.set(key, tried(machine, chain));
  return known.get(key);
}

function tried(machine: Machine, { ops, refs, types, calls }: Chain): OwnCall | undefined {
  const total = types.reduce((sum, type) => sum + size(type), 0);
  if (total > MOST_NUMBERS) return undefined;
  const owned: number[] = [];
  const own = (id: number): number => {
    owned.push(id);
    return id;
  };
  const random = randomNumbers();
  try {
    const ids = types.map((type) =>
      own(machine.makeConstant(type.shape, DT.float, random(size(type)))),
    );
    const values = new Map(refs.map((ref, i) => [ref, ids[i] as number]));
    let expected = -1;
    for (const { name, attributes, refs: inputs, outputs, first } of ops) {
      const given = inputs.map((ref) => values.get(ref) ?? -1);
      expected = own(machine.execute(name, attributes, given, outputs.length)[0]?.id ?? -1);
      values.set(first, expected);
    }
    const bits = bufferOf(machine.read(expected));
    return calls.find(({ name, attributes }) => {
      const result = own(machine.execute(name, attributes, ids, 1)[0]?.id ?? -1);
      return bufferOf(machine.read(result)).equals(bits);
    });
  } catch {
    return undefined;
  } finally {
    for (const id of owned) machine.deleteHandle(id);
  }
}

/** Between -1 and 1, the same ones each time. */
function randomNumbers(): (count: number) => Float32Array {
  let state = 1;
  return (count) =>
    Float32Array.from({ length: count }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      return state / 2 ** 31;
    });
}

function size({ shape }: TensorType): number {
  return shape.reduce((product, length) => product * length, 1);
}
