import { createInterface } from 'node:readline';

/**
 * A peer in a process of its own: reads `{case, ...parameters}` as JSON lines and answers each with the
 * seconds that one repetition took, so that the bench can alternate between peers within one run.
 * @param {Record<string, (parameters: object) => Promise<() => unknown> | (() => unknown)>} cases prepare a case and return one repetition of it
 */
export async function serve(cases) {
  const prepared = new Map();
  for await (const line of createInterface({ input: process.stdin })) {
    const { name, parameters, repetitions } = JSON.parse(line);
    try {
      const key = JSON.stringify([name, parameters]);
      if (!prepared.has(key)) {
        const once = await cases[name](parameters);
        for (let i = 0; i < 3; i++) await once();
        prepared.set(key, once);
      }
      const once = prepared.get(key);
      const secondsEach = [];
      for (let i = 0; i < repetitions; i++) {
        const start = performance.now();
        await once();
        secondsEach.push((performance.now() - start) / 1000);
      }
      answer({ secondsEach });
    } catch (error) {
      answer({ error: String(error?.message ?? error) });
    }
  }
}

function answer(message) {
  process.stdout.write(`@${JSON.stringify(message)}\n`);
}
