import { afterAll, expect, vi } from 'vitest';

/** What Node.js and libraries keep by themselves once they are used. */
const OF_OTHERS = /^__zod_|jest-matchers|undici|\(ͼ\)/;
/** Stands for what is only there when it is asked for: asking would leave something behind. */
const LAZY = Symbol('lazy');

/** What all files of tests in one process see of each other. */
function shared(): ReadonlyMap<string, unknown> {
  const globals = Reflect.ownKeys(globalThis).map((key): [string, unknown] => {
    const property = Reflect.getOwnPropertyDescriptor(globalThis, key);
    return [String(key), property?.get ? LAZY : property?.value];
  });
  const variables = Object.entries(process.env).map(([name, value]): [string, unknown] => [
    `process.env.${name}`,
    value,
  ]);
  return new Map([...globals, ...variables].filter(([name]) => !OF_OTHERS.test(name)));
}

const before = shared();

afterAll(() => {
  const after = shared();
  const left = [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => before.get(key) !== LAZY && !Object.is(before.get(key), after.get(key)),
  );
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  expect(left, 'files of tests that share a process leave its globals as they were').toEqual([]);
});
