/** What programs can be compiled by, and `off`. */
export const COMPILERS = ['xla', 'off'] as const;
export type Compiler = (typeof COMPILERS)[number];
