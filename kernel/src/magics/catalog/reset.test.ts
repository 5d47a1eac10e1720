import { afterEach, expect, it } from 'vitest';
import { HOST, type Host } from '../../host';
import { resetNotebook } from '../../notebook/variables';
import { record, refusal } from '../recorder.fixture';

afterEach(() => Reflect.deleteProperty(globalThis, HOST));

it('%reset asks the library to forget, with or without -f', async () => {
  for (const cell of ['%reset', '%reset -f', '%reset --force']) {
    expect((await record(cell)).calls).toEqual([{ name: 'resetNotebook', args: [] }]);
  }
});

it('%reset takes nothing else', () => {
  expect(refusal('%reset x')).toContain('one argument too many: "x"');
  expect(refusal('%reset -f -f')).toContain('--force is given twice');
});

it('disposes of what is forgotten, deep inside and once, and of nothing that is kept', async () => {
  const disposed: string[] = [];
  const thing = (name: string) => ({ dispose: () => void disposed.push(name) });
  const shared = thing('shared');
  const variables = new Map<string, unknown>([
    ['a', thing('a')],
    ['list', [shared, { inner: shared }, thing('in list')]],
    [
      'bad',
      {
        dispose: () => {
          throw new Error('already');
        },
      },
    ],
    ['kept', thing('kept')],
  ]);
  const host: Partial<Host> = {
    variables: () => new Map(variables),
    forgetVariables: () => {
      for (const name of ['a', 'list', 'bad']) variables.delete(name);
      return Promise.resolve();
    },
  };
  (globalThis as { [HOST]?: Host })[HOST] = host as Host;
  expect(String(await resetNotebook())).toBe('Forgot 3 variables.');
  expect(disposed).toEqual(['a', 'shared', 'in list']);
});

it('needs a notebook', async () => {
  await expect(resetNotebook()).rejects.toThrow('There is no notebook here');
});
