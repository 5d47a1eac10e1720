import { afterEach, expect, it } from 'vitest';
import { HOST, type Host } from '../../host';
import { typeChecks } from '../../notebook/type-checks';
import { record, refusal } from '../recorder.fixture';

afterEach(() => Reflect.deleteProperty(globalThis, HOST));

it('%types sets what a type error costs, or asks', async () => {
  for (const checks of ['strict', 'warn', 'off'] as const) {
    expect((await record(`%types ${checks}`)).calls).toEqual([
      { name: 'typeChecks', args: [checks] },
    ]);
  }
  expect((await record('%types')).calls).toEqual([{ name: 'typeChecks', args: [] }]);
});

it('%types takes nothing else', () => {
  expect(refusal('%types loose')).toContain('strict, warn, off');
});

it('says what holds, as the notebook answers', async () => {
  const asked: unknown[] = [];
  const host: Partial<Host> = {
    call: (method, params) => {
      asked.push([method, params]);
      return Promise.resolve('warn');
    },
  };
  (globalThis as { [HOST]?: Host })[HOST] = host as Host;
  expect(String(await typeChecks())).toBe('warn: Type errors are shown, and the cell runs.');
  expect(asked).toEqual([['language.types', { checks: undefined }]]);
});

it('needs a notebook, and a word that it knows', async () => {
  await expect(typeChecks()).rejects.toThrow('There is no notebook here');
  await expect(typeChecks('loose' as never)).rejects.toThrow('strict, warn, off, and not "loose"');
});
