import { afterEach, describe, expect, it } from 'vitest';
import { HOST, JUPYTER_DISPLAY, type Host } from '../../host';
import { describeVariables } from '../../notebook/describe-variables';
import { record, refusal } from '../recorder.fixture';

afterEach(() => Reflect.deleteProperty(globalThis, HOST));

function pretendNotebook(variables: Record<string, unknown>): void {
  const host: Partial<Host> = { variables: () => new Map(Object.entries(variables)) };
  (globalThis as { [HOST]?: Host })[HOST] = host as Host;
}

describe('%whos', () => {
  it('asks the library for what variables are and take', async () => {
    expect((await record('%whos')).calls).toEqual([{ name: 'describeVariables', args: [] }]);
  });

  it('takes nothing', () => {
    expect(refusal('%whos tensor')).toContain('one argument too many: "tensor"');
  });

  it('lists names, types, shapes, formats and bytes', () => {
    pretendNotebook({ rate: 0.1, x: new Float32Array(1000), text: 'a|<b>', tsLastExpr: 1 });
    const view = describeVariables();
    expect(
      String(view)
        .split('\n')
        .map((line) => line.trimEnd()),
    ).toEqual([
      '3 variables, 4.01 kB of numbers',
      'name  type          shape   format     size  value',
      expect.stringMatching(/^─+/),
      expect.stringMatching(/^rate +number +fp64 +8 B +0\.1$/),
      expect.stringMatching(/^x +Float32Array +\[1000\] +fp32 +4\.00 kB/),
      expect.stringMatching(/^text +string +– +"a\|<b>"$/),
    ]);
    expect(view[JUPYTER_DISPLAY]()['text/html']).toContain('&lt;b&gt;');
  });

  it('says so when there are none, and needs a notebook', () => {
    pretendNotebook({});
    expect(String(describeVariables())).toBe('No variables.');
    Reflect.deleteProperty(globalThis, HOST);
    expect(() => describeVariables()).toThrow('There is no notebook here');
  });
});
