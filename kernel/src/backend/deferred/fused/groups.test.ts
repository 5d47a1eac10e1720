import { expect, it } from 'vitest';
import { attr } from '../../attributes';
import { DT } from '../../dtypes';
import { external, type OpEntry, type Tape } from '../tape';
import { findGroups, TapeIndex } from './groups';
import { FUSED_OPS } from './opcodes';

const type = { shape: [4, 8], dtype: DT.float };

/** A recurrent layer's step: forward a product and two ops each time, backward the same of what forward gave. */
function recurrent(times: number): Tape {
  const entries: OpEntry[] = [];
  const op = (name: string, refs: number[]): number => {
    const attributes = [attr.type('T', DT.float)];
    const first = entries.length;
    entries.push({ kind: 'op', name, attributes, refs, outputs: [type], first });
    return first;
  };
  const kept: number[] = [];
  let state = external(0);
  for (let i = 0; i < times; i++) {
    const product = op('MatMul', [state, external(1)]);
    kept.push(op('Add', [product, external(2)]));
    state = op('Exp', [kept[i] ?? 0]);
  }
  for (let i = times - 1; i >= 0; i--) {
    const own = op('Mul', [state, kept[i] ?? 0]);
    state = op('MatMul', [op('Sub', [own, external(2)]), external(1)]);
  }
  const externals = [0, 1, 2].map(() => ({ isResource: false, type }));
  return { entries, externals, dead: entries.map(() => false) };
}

it('are found in a long step as in a short one, in a time that grows with its length', () => {
  const groups = (times: number) =>
    findGroups(new TapeIndex(recurrent(times)), FUSED_OPS, new Set());
  // In the middle, where forward turns to backward, one for both.
  expect(groups(5)).toHaveLength(9);
  // Quadratic, this takes minutes.
  expect(groups(8000)).toHaveLength(15_999);
});
