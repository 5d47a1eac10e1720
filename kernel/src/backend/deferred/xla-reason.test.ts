import { describe, expect, it } from 'vitest';
import { xlaReason } from './xla-reason';

describe('why XLA does not compile a program', () => {
  it.each([
    [
      'Invalid TF_Status: 3\nMessage: Detected unsupported operations when trying to compile graph a_xla[_XlaMustCompile=true] on XLA_CPU_JIT: Dilation2D (No registered kernel){{node v16}}',
      'XLA has no Dilation2D',
    ],
    [
      'Invalid TF_Status: 3\nMessage: Input 1 to node `v5` with op ReverseV2 must be a compile-time constant.\n\nXLA compilation requires that',
      'input 1 of ReverseV2 varies, which XLA has to know',
    ],
    ['Invalid TF_Status: 8\nMessage: out of memory\nmore', 'out of memory'],
  ])('is said in a few words (%#)', (message, said) => {
    expect(xlaReason(new Error(message))).toBe(said);
  });
});
