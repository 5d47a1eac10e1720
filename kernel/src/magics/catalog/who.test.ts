import { afterEach, describe, expect, it } from 'vitest';
import { HOST, type Host } from '../../host';
import { listVariables, shortValue, typeName } from '../../notebook/variables';
import { record, refusal } from '../recorder.fixture';

afterEach(() => Reflect.deleteProperty(globalThis, HOST));

function pretendNotebook(variables: Record<string, unknown>): void {
  const host: Partial<Host> = { variables: () => new Map(Object.entries(variables)) };
  (globalThis as { [HOST]?: Host })[HOST] = host as Host;
}

const tensor = { shape: [2, 3], dtype: 'float32', dataId: {}, isDisposed: false };

class Net {
  readonly layers = [];
}

describe('%who', () => {
  it('asks the library for the variables', async () => {
    expect((await record('%who')).calls).toEqual([{ name: 'listVariables', args: [] }]);
  });

  it('takes nothing', () => {
    expect(refusal('%who tensor')).toContain('one argument too many: "tensor"');
  });

  it('lists names, types and values in columns', () => {
    pretendNotebook({ x: 1, text: 'a|b', tsLastExpr: undefined });
    expect(String(listVariables())).toBe(
      "name  type    value\nx     number  1\ntext  string  'a|b'",
    );
  });

  it('says so when there are none', () => {
    pretendNotebook({});
    expect(String(listVariables())).toBe('No variables.');
  });

  it('needs a notebook', () => {
    expect(() => listVariables()).toThrow('There is no notebook here');
  });

  it.each<[unknown, string, string]>([
    [null, 'null', 'null'],
    [undefined, 'undefined', 'undefined'],
    [tensor, 'Object float32', '[2, 3]'],
    [{ ...tensor, isDisposed: true }, 'Object float32', '[2, 3] disposed'],
    [[1, 2, 3], 'Array(3)', '[ 1, 2, 3 ]'],
    [new Float32Array(2), 'Float32Array(2)', 'Float32Array(2) [ 0, 0 ]'],
    [new Map([[1, 2]]), 'Map(1)', 'Map(1) { 1 => 2 }'],
    [Math.max, 'function', 'max'],
    [Net, 'class', 'Net'],
    [new Net(), 'Net', ''],
    [Object.assign(new Net(), { name: 'net_1' }), 'Net', 'net_1'],
    [{ a: { b: 1 } }, 'Object', '{ a: [Object] }'],
  ])('tells %j apart', (value, type, text) => {
    expect([typeName(value), shortValue(value)]).toEqual([type, text]);
  });

  it('keeps values short', () => {
    expect(shortValue('x'.repeat(1000)).length).toBeLessThanOrEqual(60);
  });
});
