import { createInterface } from 'node:readline';

/**
 * A peer in a process of its own: reads `{name, parameters, repetitions}` as JSON lines and answers each
 * with the seconds that one repetition took, so that the bench can alternate between peers within one run.
 * @param {Record<string, (parameters: object) => unknown>} cases prepare a case, perhaps asynchronously; return one repetition of it, or `{once, ...facts}` with what the bench shall tell of it (execution, sqnrDb, engine)
 */
export async function serve(cases) {
  const prepared = new Map();
  for await (const line of createInterface({ input: process.stdin })) {
    const { name, parameters, repetitions } = JSON.parse(line);
    try {
      const key = JSON.stringify([name, parameters]);
      if (!prepared.has(key)) {
        const made = await cases[name](parameters);
        const { once, ...facts } = typeof made === 'function' ? { once: made } : made;
        for (let i = 0; i < 3; i++) await once();
        prepared.set(key, { once, facts });
      }
      const { once, facts } = prepared.get(key);
      const secondsEach = [];
      for (let i = 0; i < repetitions; i++) {
        const start = performance.now();
        await once();
        secondsEach.push((performance.now() - start) / 1000);
      }
      answer({ secondsEach, facts });
    } catch (error) {
      answer({ error: String(error?.message ?? error) });
    }
  }
}

function answer(message) {
  process.stdout.write(`@${JSON.stringify(message)}\n`);
}
