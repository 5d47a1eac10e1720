import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../start';
import { nativeMemory } from '../load';
import { useShadow } from './both-ways.fixture';
import { asOneSegment, xlaStatistics } from './compile';
import { execute, randomProgram } from './random-program.fixture';
import { forgetPrograms } from './steps';

useShadow();

const PROGRAMS = Number(process.env['HALFNOTE_FUZZ_XLA_PROGRAMS'] ?? 12);
const SEED = Number(process.env['HALFNOTE_FUZZ_SEED'] ?? 1);

beforeAll(() => {
  loadBackend();
});

describe('random programs', () => {
  it(
    `give the same by XLA as op by op but for last digits, and leave nothing (${PROGRAMS} from seed ${SEED})`,
    () => {
      for (let i = 0; i < PROGRAMS; i++) {
        const seed = SEED * 100_000 + i;
        const program = randomProgram(seed);
        const handles = nativeMemory()?.handles;
        // Shadow mode compares each run with its ops one by one, from the same variables.
        const seen = asOneSegment(() => execute(program, seed), true);
        expect(seen.length).toBeGreaterThan(0);
        expect([seed, nativeMemory()?.handles]).toEqual([seed, handles]);
        forgetPrograms();
      }
      expect(xlaStatistics()?.byXla).toBeGreaterThan(PROGRAMS);
      expect(xlaStatistics()?.refusals).toEqual([]);
    },
    PROGRAMS * 20_000,
  );
});
