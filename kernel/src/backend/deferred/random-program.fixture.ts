import * as tf from '@tensorflow/tfjs';
import { randomKey, threefry } from '../../formats/random';

/** Runs of each program: recorded, then replayed with other numbers. */
const RUNS = 4;

/** Whole numbers below a bound, the same for the same seed. */
export function chance(seed: number): (bound: number) => number {
  const key = randomKey(seed);
  let drawn = 0;
  return (bound) => {
    drawn += 1;
    return (threefry(key, [seed | 0, drawn])[0] >>> 0) % bound;
  };
}

export type Instruction = (state: State) => void;

interface State {
  /** All of shape [4, 4]. */
  readonly live: tf.Tensor2D[];
  readonly variables: tf.Variable[];
  readonly optimizer: tf.Optimizer;
  readonly seen: number[];
  readonly run: number;
}

const UNARY: readonly ((x: tf.Tensor2D) => tf.Tensor2D)[] = [
  tf.relu,
  tf.tanh,
  tf.square,
  tf.neg,
  tf.sigmoid,
  tf.abs,
  (x) => tf.transpose(x),
];
const BINARY: readonly ((x: tf.Tensor2D, y: tf.Tensor2D) => tf.Tensor2D)[] = [
  tf.add,
  tf.sub,
  tf.mul,
  tf.maximum,
  tf.minimum,
  (x, y) => tf.matMul(x, y),
];

const pick = <T>(list: readonly T[], draw: number): T => list[draw % list.length] as T;

/** One of the things that a program may do with its tensors, chosen once and done in each run. */
function instruction(draw: (bound: number) => number): Instruction {
  const [kind, a, b, c] = [draw(14), draw(1000), draw(1000), draw(1000)];
  switch (kind) {
    case 0:
    case 1:
      return ({ live }) => live.push(pick(UNARY, b)(pick(live, a)));
    case 2:
    case 3:
    case 4:
      return ({ live }) => live.push(pick(BINARY, c)(pick(live, a), pick(live, b)));
    case 5:
      return ({ live }) => live.push(tf.mul(pick(live, a), (b - 500) / 400));
    case 6:
      // A number that changes from run to run.
      return ({ live, run }) => live.push(tf.add(pick(live, a), run * 0.25 + c / 1000));
    case 7:
      return ({ live }) => {
        if (live.length > 2) live.splice(a % live.length, 1)[0]?.dispose();
      };
    case 8:
      return ({ live, seen }) => seen.push(...pick(live, a).dataSync());
    case 9:
      return ({ live, variables }) => live.push(tf.mul(pick(variables, a), pick(live, b)));
    case 10:
      return ({ live, variables }) => {
        const x = pick(live, a);
        const variable = pick(variables, b);
        variable.assign(tf.tidy(() => tf.clipByValue(x, -1, 1)));
      };
    case 11:
      return ({ live, variables, optimizer, seen }) => {
        const [x, variable] = [pick(live, a), pick(variables, b)];
        const loss = optimizer.minimize(
          () => tf.mean(tf.square(tf.matMul(tf.tanh(x), variable as unknown as tf.Tensor2D))),
          c % 2 === 0,
          [variable],
        );
        if (loss !== null) seen.push(...loss.dataSync());
        loss?.dispose();
      };
    case 12:
      // Another path, by a value.
      return ({ live, seen }) => {
        const x = pick(live, a);
        live.push((seen.at(-1) ?? 0) > 0 ? x.add(1) : x.mul(0.5));
      };
    default:
      return ({ live, run }) => {
        const x = pick(live, a);
        live.push(tf.tidy(() => tf.slice(tf.concat([x, x]), [(b + run) % 4, 0], [4, 4])));
      };
  }
}

/** What a program sees, from numbers that the seed decides. */
export function execute(program: readonly Instruction[], seed: number): number[] {
  const seen: number[] = [];
  tf.tidy(() => {
    seen.push(...executed(program, seed));
  });
  return seen;
}

function executed(program: readonly Instruction[], seed: number): number[] {
  const draw = chance(seed);
  const numbers = (): number[] => Array.from({ length: 16 }, () => (draw(2001) - 1000) / 700);
  const seen: number[] = [];
  const variables = [0, 1].map(() => tf.variable(tf.tensor2d(numbers(), [4, 4])));
  const optimizer = draw(2) === 0 ? tf.train.adam(0.05) : tf.train.momentum(0.01, 0.9);
  for (let run = 0; run < RUNS; run++) {
    const live = [0, 1, 2].map(() => tf.tensor2d(numbers(), [4, 4]));
    const state: State = { live, variables, optimizer, seen, run };
    for (const step of program) step(state);
    for (const tensor of live) seen.push(...tensor.dataSync());
    tf.dispose(live);
  }
  for (const variable of variables) {
    seen.push(...variable.dataSync());
    variable.dispose();
  }
  optimizer.dispose();
  return seen;
}

/** A program of up to 44 instructions that the seed decides. */
export function randomProgram(seed: number): readonly Instruction[] {
  const draw = chance(seed);
  return Array.from({ length: 5 + draw(40) }, () => instruction(draw));
}
