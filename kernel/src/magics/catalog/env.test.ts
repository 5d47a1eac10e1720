import { afterEach, describe, expect, it } from 'vitest';
import { environment } from '../../notebook/environment';
import { record, refusal } from '../recorder.fixture';

const NAME = 'HALFNOTE_TEST_VARIABLE';
afterEach(() => Reflect.deleteProperty(process.env, NAME));

describe('%env', () => {
  it.each([
    ['%env', []],
    ['%env HOME', ['HOME']],
    ['%env A=b c', ['A', 'b c']],
    ['%env A = "b  c"', ['A', 'b  c']],
    ['%env A b', ['A', 'b']],
    ['%env A=', ['A', '']],
    ['%env URL=http://x/?a=1;b // c', ['URL', 'http://x/?a=1;b // c']],
    ["%env A=it's", ['A', "it's"]],
  ])('reads %s', async (cell, args) => {
    expect((await record(cell)).calls).toEqual([{ name: 'environment', args }]);
  });

  it('refuses names that no variable can have', () => {
    expect(refusal('%env 1A=2')).toContain('"1A" cannot name an environment variable');
    expect(refusal('%env a.b')).toContain('Allowed: letters, digits and _');
    expect(refusal('%env =x')).toContain('cannot name');
  });

  it('sets, gets and lists', () => {
    expect(String(environment(NAME, 'x=1'))).toBe(`${NAME}=x=1`);
    expect(process.env[NAME]).toBe('x=1');
    expect(String(environment(NAME))).toBe(`${NAME}=x=1`);
    expect(String(environment()).split('\n')).toContain(`${NAME}=x=1`);
  });

  it('hides what looks like a secret in the list', () => {
    process.env['HALFNOTE_TEST_TOKEN'] = 'hush';
    expect(String(environment())).toContain('HALFNOTE_TEST_TOKEN=<hidden>');
    delete process.env['HALFNOTE_TEST_TOKEN'];
  });

  it('names a near variable where there is none', () => {
    process.env[NAME] = '1';
    expect(() => environment(`${NAME}S`)).toThrow(
      `The environment has no variable ${NAME}S\nDid you mean ${NAME}?`,
    );
  });
});
