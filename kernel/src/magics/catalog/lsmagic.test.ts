import { expect, it } from 'vitest';
import { lsmagic } from '../help';
import { MAGICS } from '../table';
import { record } from '../recorder.fixture';

it('%lsmagic asks the library for its list', async () => {
  expect((await record('%lsmagic')).calls).toEqual([{ name: 'lsmagic', args: [] }]);
});

it('the list is grouped by topic', () => {
  const text = String(lsmagic());
  const places = ['Precision', '%quantize', 'Energy', '%carbon', 'Timing', '%timeit', 'Notebook']
    .concat('%who', '%whos', 'System', '%npm')
    .map((part) => text.indexOf(part));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBe(0);
});

it('the list names each magic in each form with its summary', () => {
  const text = String(lsmagic());
  for (const { name, forms, summary } of MAGICS.all) {
    expect(text).toContain(summary);
    for (const form of forms) expect(text).toContain(`\n  ${form === 'cell' ? '%%' : '%'}${name}`);
  }
});
