import type { OpAttribute } from './contract';

/** `TF_AttrType` of TensorFlow's C API. */
export const ATTR = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5 } as const;

/** Attributes of raw ops, typed: `attr.type('T', DT.half)`, `attr.bool('adj_x', false)`. */
export const attr = {
  type: (name: string, value: number): OpAttribute => ({ name, type: ATTR.type, value }),
  bool: (name: string, value: boolean): OpAttribute => ({ name, type: ATTR.bool, value }),
  int: (name: string, value: number | readonly number[]): OpAttribute => ({
    name,
    type: ATTR.int,
    value,
  }),
  float: (name: string, value: number | readonly number[]): OpAttribute => ({
    name,
    type: ATTR.float,
    value,
  }),
  string: (name: string, value: string): OpAttribute => ({ name, type: ATTR.string, value }),
  shape: (name: string, value: readonly number[]): OpAttribute => ({
    name,
    type: ATTR.shape,
    value,
  }),
} as const;
