import { describe, expect, it } from 'vitest';
import { toYaml } from './yaml';

describe('YAML of a manifest', () => {
  it('writes each kind of value so that both versions of YAML read it alike', () => {
    const value = {
      on: 'no',
      'cpu: "RAPL"': [1e-7, 1e21, -0.5, 1.5e-9, 3_600_000],
      list: [{ a: true, b: { c: 'x\n\u2028"' } }, [], {}],
      empty: '',
    };
    expect(toYaml(value)).toBe(
      [
        '"on": "no"',
        '"cpu: \\"RAPL\\"":',
        '  - 1.0e-7',
        '  - 1.0e+21',
        '  - -0.5',
        '  - 1.5e-9',
        '  - 3600000',
        'list:',
        '  - a: true',
        '    b:',
        '      c: "x\\n\\u2028\\""',
        '  - []',
        '  - {}',
        'empty: ""',
        '',
      ].join('\n'),
    );
  });
});
