import { eachMapping, TraceMap } from '@jridgewell/trace-mapping';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsThrough } from './import-mark';
import { keepModuleSyntax } from './module-syntax';
import { printModule } from './print-module';
import { loadTypeScript } from './typescript';

const typescript = loadTypeScript();
const { ModuleKind, ScriptTarget, NewLineKind } = typescript;

function printed(code: string): { js: string; map: string } {
  const file = typescript.createSourceFile('cell.js', code, ScriptTarget.Latest, true);
  return printModule(typescript, file, keepModuleSyntax(typescript));
}

/** What TypeScript makes of the same with a program of its own. */
function transpiled(code: string): { js: string; map: string } {
  const { outputText, sourceMapText = '' } = typescript.transpileModule(code, {
    fileName: 'cell.js',
    compilerOptions: {
      module: ModuleKind.CommonJS,
      esModuleInterop: true,
      target: ScriptTarget.ES2022,
      newLine: NewLineKind.LineFeed,
      sourceMap: true,
    },
    transformers: { before: [keepModuleSyntax(typescript)] },
  });
  const js = outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
  return { js: importsThrough('runtime', js), map: sourceMapText };
}

/** As the first pass leaves them: JavaScript of ES2024, its names in an export list. */
const MODULES = {
  empty: '0;\nexport {};',
  value: '0;\nexport const tsLastExpr = 1 + 1;\nexport {};',
  names:
    '0;\nlet a = 1;\nconst { b, ...rest } = { b: 2 };\nvar c;\nfunction f() { return a++; }\nclass K {}\nexport { a, b, rest, c, f, K, a as other };',
  'earlier variables': '0;\n__cells.a += 2;\nexport const tsLastExpr = __cells.f(__cells.g()).h();',
  'default exports': '0;\nexport default class extends Array {}\nexport default 5;',
  'a named default': '0;\nexport default function f() {}\n',
  'dynamic imports':
    '0;\nconst m = await import("node:fs", { with: { type: "json" } });\nimport.meta.url;\nexport { m };',
  directives: '0;\n"use strict";\n"use asm";\nexport const tsLastExpr = "use strict";',
  comments:
    '0;\n/** A licence. */\n\n// a line\nconst a = 1; // behind\n/* before */ export const tsLastExpr = /* in */ a; /* last */\nexport { a }; // list\n// end',
  'comments alone': '0;\n// nothing else\nexport {};',
  classes:
    '0;\nclass A { static #n = 0; static { A.#n++; } #m() { return #m in this; } get x() { return 1; } accessor = 2; static async *g() { yield* []; } }\nexport { A };',
  literals:
    '0;\nconst t = tag`a${1}b\n${`c${2}`}`;\nconst r = /(?<y>\\d{4})/dv;\nconst n = 1_000n;\nconst s = "\\u{1F600} \\x41 é 😀";\nexport { t, r, n, s };',
  operators:
    '0;\nlet x = a?.b?.[c]?.(d) ?? e;\nx ||= 1; x &&= 2; x ??= 3; x **= 2;\n(async () => { for await (const y of z) await y; })();\nlabel: for (;;) { break label; }\nexport { x };',
  'blocks and vars':
    '0;\nif (1) { var v = 1; } else { let w; }\nfor (const i of []) { var u; }\ntry { throw 1; } catch { } finally { }\nexport { v, u };',
  'names of CommonJS':
    '0;\nconst exports = 1, module = 2;\nfunction require(x) { return x; }\nrequire("fs");\nexport { exports, module, require };',
  'line breaks':
    '0;\r\nconst a = 1;\r\n\r\nexport const tsLastExpr = [\r\n  a,\r\n];\r\nexport { a };',
};

/** Every place that the map knows, and where it comes from. */
function places(map: string): string[] {
  const found: string[] = [];
  eachMapping(new TraceMap(map), (one) => {
    found.push(
      `${one.generatedLine}:${one.generatedColumn} from ${one.originalLine}:${one.originalColumn}`,
    );
  });
  return found;
}

function expectSame(code: string, name?: string): void {
  const ours = printed(code);
  const theirs = transpiled(code);
  expect(ours.js, name).toBe(theirs.js);
  // TypeScript leaves out the end of a class with static members.
  const known = new Set(places(ours.map));
  expect(places(theirs.map).filter((place) => !known.has(place))).toEqual([]);
  expect(known.size).toBeGreaterThan(0);
}

describe('printing a module without imports', () => {
  for (const [name, code] of Object.entries(MODULES))
    it(`prints and maps ${name} as TypeScript does with a program`, () => {
      expectSame(code);
    });

  it('prints and maps whole files as TypeScript does with a program', () => {
    const folder = join(__dirname, '../../../dist/runtime/language');
    const files = readdirSync(folder).filter((file) => file.endsWith('.js'));
    expect(files.length).toBeGreaterThan(30);
    for (const file of files) {
      const code = readFileSync(join(folder, file), 'utf8').replace(/\n\/\/# source.*/, '');
      expectSame(`0;\n${code}\nexport {};`, file);
    }
  });
});
