import { expect, it } from 'vitest';
import { moved, NOTHING } from './sums';

const window = { ...NOTHING, machine: 10, user: 6, halfnote: 3 };

it.each([
  ['between accounts', { machine: 0, user: -2, halfnote: 2 }, [10, 4, 5]],
  ['from the rest', { machine: 0, user: 1, halfnote: 0 }, [10, 7, 3]],
  [
    'of before the window, which has no more rest',
    { machine: 0, user: 5, halfnote: 0 },
    [10, 7, 3],
  ],
  [
    'of before the window, which has no more of it',
    { machine: 0, user: -9, halfnote: 9 },
    [10, 0, 10],
  ],
  ['away, machine and all', { machine: -8, user: -2, halfnote: 0 }, [2, 2, 0]],
])('joules are moved %s', (_, by, [machine, user, halfnote]) => {
  const after = moved(window, by);
  expect([after.machine, after.user, after.halfnote]).toEqual([machine, user, halfnote]);
});
