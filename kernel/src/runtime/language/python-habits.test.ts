import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLanguage, type Language } from './language';

let folder: string;
let language: Language;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfnote-habits-'));
  language = createLanguage(folder);
});
afterAll(() => {
  language.close();
  rmSync(folder, { recursive: true });
});

function refusal(code: string): string {
  const compiled = language.compile(code, 1);
  return compiled.status === 'error' ? compiled.error.evalue : compiled.status;
}

describe('a cell in Python', () => {
  it.each([
    ['print("hello")', 'Written as console.log(...)'],
    ['len([1])', 'values.length'],
    ['True', 'Written as true.'],
    ['const y = None', 'Written as null'],
    ['x = 5', 'A new variable is declared: const x = 5'],
    ['import numpy as np', "import * as tf from '@tensorflow/tfjs'"],
    ['import os', "Written as import * as os from 'os'."],
    ['import pandas as pd', "Written as import * as pd from 'pandas'."],
    ['from math import sqrt, pi', "Written as import { sqrt, pi } from 'math'."],
    ['for x in [1, 2]:', 'Written as for (const x of [1, 2]) { ... }.'],
    ['for i in range(10):', 'Written as for (let i = 0; i < 10; i++) { ... }.'],
    ["if name == 'a':  # yes", "Written as if (name == 'a') { ... }."],
    ['while ready():', 'Written as while (ready()) { ... }.'],
    ['def f(a, b):\n    return a', 'written as function f(a, b) { ... }.'],
    ['class Net(Module):', 'Written as class Net extends Module { ... }.'],
    ['const f = lambda a: a', 'written as (a) => value.'],
    ['const t = f"hi {1}"', 'written as `a ${value}`.'],
    ['const z = 1 if true else 2', 'Written as true ? 1 : 2.'],
    ['not true', 'Written as !value.'],
    ['true and false', 'Written as a && b.'],
    ['const y: int = 5', 'The type is written as number.'],
    ['const v: list<number> = []', 'The type is written as T[].'],
    ['# note', 'A comment begins with //.'],
    ['raise ValueError("x")', "Written as throw new Error('...')."],
    ['try:\n  f()\nexcept ValueError as e:\n  pass', 'Written as catch (error) { ... }.'],
    ['!ls -la', "execSync('ls -la', { stdio: 'inherit' })"],
    ['!ls', "execSync('ls', { stdio: 'inherit' })"],
    ['pip install numpy', '%npm install NAME'],
    ['const more = 1\nmore?', 'name? asks for help where it stands alone in its cell.'],
  ])('%j is told what to write instead', (code, told) => {
    expect(refusal(code)).toContain(told);
  });

  it("is told so instead of TypeScript's further guesses at the same line", () => {
    expect(refusal('import numpy as np\nconst wrong: string = 5').split('\n')).toEqual([
      expect.stringMatching(/^cell\[1\]:1:\d+ - '=' expected\.$/),
      expect.stringContaining("library of Python's"),
      expect.stringMatching(/^cell\[1\]:2:7 - Type 'number' is not assignable/),
    ]);
  });
});

describe('an error of a cell in TypeScript', () => {
  it.each([
    'const a = missing; // this or that, not here',
    'const s = ; // for x in y: and not z',
    'f("one and two"',
    'if (!ready) g()',
    'const b: string = 1',
    'q == 5',
    'const c = [1, 2',
    "console.log('loss and accuracy)",
    'throw new Error("can\'t open file or folder)',
    "console.log('It's not done')",
    '/* not closed',
    '`for x in y: and not z',
    'self.postMessage(1)',
    'class C { #count: = 0 }',
    'for (const x in xs: number[]) {}',
  ])('%j is told in its own words', (code) => {
    expect(refusal(code)).toMatch(/^cell\[1\]/);
    expect(refusal(code)).not.toMatch(/Written|written|Python|declared|begins/);
  });
});
