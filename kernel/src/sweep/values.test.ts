import { describe, expect, it } from 'vitest';
import { readAxes, readAxis } from './values';

describe('values of a parameter', () => {
  it.each([
    ['format=fp32,bf16', ['fp32', 'bf16']],
    ['seed=1..5', [1, 2, 3, 4, 5]],
    ['seed=1..9:2', [1, 3, 5, 7, 9]],
    ['seed=1..8:3', [1, 4, 7]],
    ['seed=5..1:-2', [5, 3, 1]],
    ['x=-2..1', [-2, -1, 0, 1]],
    ['rate=0.1..0.5:0.1', [0.1, 0.2, 0.3, 0.4, 0.5]],
    ['rate=0..1:0.25', [0, 0.25, 0.5, 0.75, 1]],
    ['n=1..3,10', [1, 2, 3, 10]],
    ['on=true,false,null', [true, false, null]],
    ['layers=[16, 8],[32]', [[16, 8], [32]]],
    ['layers=[16, 8]', [[16, 8]]],
    ['o={"a": [1, 2], "b": "x,y"},{}', [{ a: [1, 2], b: 'x,y' }, {}]],
    ['s="a,b","c\\",d"', ['a,b', 'c",d']],
    ['file=a..b', ['a..b']],
    ['big=1e999', ['1e999']],
    ['e="",x', ['', 'x']],
  ])('%s', (argument, values) => {
    expect(readAxis(argument).values).toEqual(values);
  });

  it.each([
    ['seed', '-p is "seed", expected name=values'],
    ['seed=', 'The parameter "seed" has an empty value'],
    ['seed=1,,2', 'The parameter "seed" has an empty value'],
    ['seed=5..1', 'The range 5..1 of the parameter "seed" has no value'],
    ['seed=1..5:0', 'The range 1..5:0 of the parameter "seed" has no value'],
    ['seed=1..3,2', 'The parameter "seed" has the value 2 twice'],
    ['seed=1..1000000000', 'The parameter "seed" has 1000000000 values; allowed: 100000'],
  ])('refuses %s', (argument, message) => {
    expect(() => readAxis(argument)).toThrow(message);
  });

  it('wants each parameter once, and one at least', () => {
    expect(() => readAxes(['a=1', 'b=2', 'a=3'])).toThrow('The parameter "a" is given twice');
    expect(() => readAxes([])).toThrow('A sweep needs a parameter to set');
  });
});
