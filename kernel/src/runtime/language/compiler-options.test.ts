import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { notebookOptions } from './compiler-options';
import { createLanguage, type Language } from './language';
import { loadTypeScript } from './typescript';

const typescript = loadTypeScript();
let folder: string;
let language: Language | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfnote-options-'));
});
afterEach(() => {
  language?.close();
  language = undefined;
  rmSync(folder, { recursive: true });
});

function configure(text: string, name = 'tsconfig.json'): void {
  writeFileSync(join(folder, name), text);
}

function compile(code: string) {
  language ??= createLanguage(folder);
  return language.compile(code, 1);
}

describe("options of the notebook's tsconfig.json", () => {
  it('are none without the file, also when a folder above has one', () => {
    configure('{"compilerOptions": {"strict": true}}');
    const below = join(folder, 'below');
    mkdirSync(below);
    expect(notebookOptions(typescript, below)).toEqual({});
  });

  it('decide how strictly cells are checked', () => {
    const code = 'function f(x) { return x; }\nconst s: string = null;';
    expect(compile(code).status).toBe('ok');
    language?.close();
    language = undefined;
    configure('{"compilerOptions": {"strict": true}}');
    const compiled = compile(code);
    expect(compiled.status === 'error' && compiled.error.evalue).toMatch(
      /implicitly has an 'any' type[\s\S]*'null' is not assignable to type 'string'/,
    );
  });

  it('come from the file it extends, and may have comments', () => {
    configure('{"compilerOptions": {"noUncheckedIndexedAccess": true}}', 'base.json');
    configure('{ // mine\n "extends": "./base.json", "compilerOptions": {"jsx": "react",}, }');
    expect(notebookOptions(typescript, folder)).toEqual({
      noUncheckedIndexedAccess: true,
      jsx: typescript.JsxEmit.React,
    });
  });

  it('leave modules and output to the kernel', () => {
    configure(
      '{"compilerOptions": {"module": "commonjs", "target": "es5", "noEmit": true, "outDir": "x"}, "include": ["none"]}',
    );
    expect(notebookOptions(typescript, folder)).toEqual({});
  });

  it('say where names lead to, from the file that says it', () => {
    const below = join(folder, 'below');
    mkdirSync(below);
    configure('{"compilerOptions": {"paths": {"@lib/*": ["./lib/*"]}}}', 'base.json');
    configure('{"extends": "../base.json"}', 'below/tsconfig.json');
    expect(notebookOptions(typescript, below)).toEqual({
      paths: { '@lib/*': ['./lib/*'] },
      pathsBasePath: folder,
    });
  });

  it('leave no JSX for others to compile', () => {
    configure('{"compilerOptions": {"jsx": "preserve", "jsxImportSource": "mini"}}');
    expect(notebookOptions(typescript, folder).jsx).toBe(typescript.JsxEmit.ReactJSX);
    configure('{"compilerOptions": {"jsx": "preserve"}}');
    expect(notebookOptions(typescript, folder).jsx).toBe(typescript.JsxEmit.React);
  });

  it('let a notebook know the declarations of a browser', () => {
    expect(compile('document.title').status).toBe('error');
    language?.close();
    language = undefined;
    configure('{"compilerOptions": {"lib": ["esnext", "dom"]}}');
    expect(compile('document.title').status).toBe('ok');
  });

  it.each([
    ['no JSON', '{"compilerOptions": {', /tsconfig\.json:1:22 - .*expected/],
    [
      'a wrong value',
      '{"compilerOptions": {\n"strict": "yes"}}',
      /tsconfig\.json:2:11 - .*'strict' requires a value of type boolean/,
    ],
    [
      'an unknown option',
      '{"compilerOptions": {"strictt": true}}',
      /Unknown compiler option 'strictt'/,
    ],
    ['a missing base', '{"extends": "./gone.json"}', /File '\.\/gone\.json' not found|gone\.json/],
  ])('are refused with the place and the reason: %s', (_name, text, reason) => {
    configure(text);
    expect(() => createLanguage(folder)).toThrow(reason);
    expect(() => createLanguage(folder)).toThrow(/cannot be used[\s\S]*Mend the file/);
  });
});
