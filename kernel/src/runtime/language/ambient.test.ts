import { describe, expect, it } from 'vitest';
import { withoutRedeclared } from './ambient';
import { loadTypeScript } from './typescript';

const typescript = loadTypeScript();

/** What is left of an earlier cell's declarations after a later one's. */
function left(earlier: string, later: string): readonly string[] {
  const files = [{ name: 'ambient.d.ts', text: `export {};\ndeclare const known: 1;\n${earlier}` }];
  return withoutRedeclared(typescript, files, later).map(({ text }) =>
    text.slice(text.indexOf('known: 1;') + 9).replace(/\s+/g, ' '),
  );
}

describe('what a cell declares for all modules', () => {
  it.each([
    'declare global { var x: number }',
    'declare global { }',
    'declare global { interface Array<T> { last(): T } }',
    'declare global { interface Marker {} }',
    'declare global { interface Called extends Array<string> { (): void; new (): Called; a: 1 } }',
    'declare global { namespace N { const a: 1 } type T = 1; class C {} function f(): void }',
    `declare module 'untyped';`,
    `declare module '*.svg' { const content: string; export default content }`,
    `declare module 'old' { const all: 1; export = all }`,
    `declare module 'a' { import { b } from 'b'; export { b }; export * from 'c'; }`,
    `declare module 'a' { interface A { a: 1 } }\ndeclare global { var a: 1 }`,
  ])('replaces its own when the cell runs again: %s', (text) => {
    expect(left(text, text)).toEqual([]);
  });

  it.each([
    ['declare global { var x: 1; var y: 2 }', 'declare global { var x: 3 }', 'var y: 2'],
    [
      'declare global { interface A { a: 1; b: 2 } }',
      'declare global { interface A { a: 3 } }',
      'b: 2',
    ],
    [
      'declare global { interface A extends B { a: 1 } }',
      'declare global { interface A { a: 1 } }',
      'extends B',
    ],
    [
      'declare global { interface A { (): 1; a: 1 } }',
      'declare global { interface A { (): 2; a: 1 } }',
      '(): 1',
    ],
    [`declare module 'a' { var x: 1 }`, 'declare global { var x: 1 }', 'var x: 1'],
    [`declare module 'a' { }`, 'declare global { var x: 1 }', `declare module 'a'`],
    [`declare module 'a';`, 'declare global { var x: 1 }', `declare module 'a';`],
  ])('keeps what another cell does not declare anew: %s, then %s', (earlier, later, kept) => {
    const [text, ...more] = left(earlier, later);
    expect(more).toEqual([]);
    expect(text).toContain(kept);
  });
});
