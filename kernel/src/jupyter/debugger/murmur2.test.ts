import { describe, expect, it } from 'vitest';
import { runPython } from '../../../../test/support/python';
import { cellPath, cellPathRule } from './cell-paths';
import { murmur2 } from './murmur2';

const TEXTS = ['', 'a', 'ab', 'abc', 'abcd', 'const x: number = 1;\nx + 1', 'größer → 中文 😀'];
const SEED = 0xc70f6907;
/** What `ipykernel.compiler.murmur2_x86` gives for them. */
const HASHES = [3990065800, 2167009006, 2805137849, 3350977461, 804720481, 869438841, 1370098542];

describe('the name of a cell by its code', () => {
  it('is what ipykernel and front ends make of it', () => {
    expect(TEXTS.map((text) => murmur2(text, SEED))).toEqual(HASHES);
  });

  it('is the same for texts of any length, by ipykernel itself', () => {
    const texts = Array.from({ length: 60 }, (_, n) => 'αb\n€😀'.repeat(n).slice(0, n * 2));
    const script =
      'import json, sys; from ipykernel.compiler import murmur2_x86 as m; ' +
      `print(json.dumps([m(t, ${SEED}) for t in json.load(sys.stdin)]))`;
    const whole = texts.map((text) => text.replace(/[\uD800-\uDFFF]/g, '?'));
    const theirs = runPython(script, Buffer.from(JSON.stringify(whole)));
    expect(whole.map((text) => murmur2(text, SEED))).toEqual(JSON.parse(theirs.toString()));
  });

  it('makes a path of the kernel’s own', () => {
    const rule = cellPathRule(42);
    expect(cellPath('abc', rule)).toBe(`${rule.tmpFilePrefix}${HASHES[3]}.ts`);
    expect(rule.tmpFilePrefix).toMatch(/halfnote_42[\\/]$/);
  });
});
