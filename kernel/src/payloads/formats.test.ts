import { expect, it } from 'vitest';
import { COMPUTE_FORMATS as ALL } from '../formats/names';
import { COMPUTE_FORMATS } from './formats';

it('offers a page all formats that a policy can compute in', () => {
  expect(COMPUTE_FORMATS).toEqual(ALL);
});
