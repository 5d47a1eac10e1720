import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../start';
import { nativeMemory } from '../load';
import { execute, randomProgram } from './random-program.fixture';
import { forgetPrograms, opByOp, stepStatistics } from './steps';

process.env['HALFNOTE_ONE_PROGRAM'] = 'shadow';

const PROGRAMS = Number(process.env['HALFNOTE_FUZZ_PROGRAMS'] ?? 150);
const SEED = Number(process.env['HALFNOTE_FUZZ_SEED'] ?? 1);
beforeAll(() => {
  loadBackend();
});

/** What a run gives, and the tensors and handles that it leaves. */
function growth<T>(run: () => T): [T, readonly number[]] {
  const held = (): readonly number[] => [tf.memory().numTensors, nativeMemory()?.handles ?? NaN];
  const before = held();
  const result = run();
  return [result, held().map((now, i) => now - (before[i] ?? NaN))];
}

describe('random programs', () => {
  it(
    `give the same numbers as programs of TensorFlow and op by op, and leave nothing (${PROGRAMS} from seed ${SEED})`,
    () => {
      const before = stepStatistics()?.replays ?? NaN;
      for (let i = 0; i < PROGRAMS; i++) {
        const seed = SEED * 100_000 + i;
        const program = randomProgram(seed);
        const leave = opByOp();
        const [expected, kept] = growth(() => execute(program, seed));
        leave();
        const [seen, grown] = growth(() => execute(program, seed));
        expect([seed, ...seen]).toEqual([seed, ...expected]);
        expect([seed, ...grown]).toEqual([seed, ...kept]);
        forgetPrograms();
      }
      expect((stepStatistics()?.replays ?? NaN) - before).toBeGreaterThan(PROGRAMS);
    },
    PROGRAMS * 4000,
  );
});
