import { describe, expect, it } from 'vitest';
import { magicHelp } from '../help';
import { macros } from '../macros';
import { record, refusal } from '../recorder.fixture';

describe('%compile', () => {
  it('turns XLA on and off, and tells what it did', async () => {
    expect((await record('%compile xla')).calls).toEqual([{ name: 'setCompile', args: ['xla'] }]);
    expect((await record('%compile off')).calls).toEqual([{ name: 'setCompile', args: ['off'] }]);
    expect((await record('%compile')).calls).toEqual([{ name: 'compileStatus', args: [] }]);
  });

  it('refuses what is no compiler, with those there are', () => {
    expect(refusal('%compile jit')).toContain('Allowed: xla, off');
  });

  it('completes its argument', () => {
    expect(macros.complete('%compile x', 10)?.matches).toEqual(['xla']);
  });

  it('says that last digits differ, and what is not compiled', () => {
    expect(String(magicHelp('compile'))).toMatch(/last digits/);
    expect(String(magicHelp('compile'))).toMatch(/bf16/);
  });
});
