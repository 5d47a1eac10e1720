import { expect, it } from 'vitest';
import { lsmagic } from '../help';
import { MAGICS } from '../table';
import { record } from './recorder.fixture';

it('%lsmagic asks the library for its list', async () => {
  expect((await record('%lsmagic')).calls).toEqual([{ name: 'lsmagic', args: [] }]);
});

it('the list names each magic in each form with its summary', () => {
  const text = String(lsmagic());
  for (const { name, forms, summary } of MAGICS) {
    expect(text).toContain(summary);
    for (const form of forms) expect(text).toContain(`${form === 'cell' ? '\n%%' : '%'}${name}`);
  }
});
