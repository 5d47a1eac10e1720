import { afterEach, describe, expect, it } from 'vitest';
import { withXlaFlags } from './xla-flags';

const before = process.env['XLA_FLAGS'];
afterEach(() => {
  if (before === undefined) Reflect.deleteProperty(process.env, 'XLA_FLAGS');
  else process.env['XLA_FLAGS'] = before;
});

const KEPT = '--xla_cpu_enable_fast_min_max=false';

describe('flags of XLA', () => {
  it.each([
    [undefined, KEPT],
    ['--xla_dump_to=/tmp/x', `--xla_dump_to=/tmp/x ${KEPT}`],
    ['--xla_cpu_enable_fast_min_max=true', '--xla_cpu_enable_fast_min_max=true'],
  ])('%s are added to, and put back', (given, seen) => {
    if (given === undefined) Reflect.deleteProperty(process.env, 'XLA_FLAGS');
    else process.env['XLA_FLAGS'] = given;
    expect(withXlaFlags(() => process.env['XLA_FLAGS'])).toBe(seen);
    expect(process.env['XLA_FLAGS']).toBe(given);
    expect(() =>
      withXlaFlags(() => {
        throw new Error('fails');
      }),
    ).toThrow('fails');
    expect(process.env['XLA_FLAGS']).toBe(given);
  });
});
