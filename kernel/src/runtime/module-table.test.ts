import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, TestNotebook } from '../../../test/support/runtime-notebook';
import { loadTypeScript } from './language/typescript';

/** A module that says what it is, and counts how often it is loaded. */
const count = (file: string): string =>
  `((globalThis as any).loads ??= {})['${file}'] = ((globalThis as any).loads['${file}'] ?? 0) + 1;`;
const countJs = (file: string): string => count(file).replaceAll(' as any', '');
const typed = (file: string): string => `${count(file)}\nexport const which: string = '${file}';`;
const esm = (file: string): string => `${countJs(file)}\nexport const which = '${file}';`;
const cjs = (file: string): string => `${countJs(file)}\nexports.which = '${file}';`;
const types = 'export declare const which: string;';
const manifest = (fields: object): string => JSON.stringify({ version: '1.0.0', ...fields });

const dual = {
  types: './index.d.ts',
  import: './index.mjs',
  require: './index.cjs',
};

/** Files by their path from the folder above the notebook's. */
const FILES: Readonly<Record<string, string>> = {
  'nb/tsconfig.json':
    '{"compilerOptions": {"paths": {"@lib/*": ["./lib/*"], "mapped": ["../outside/o.ts"]}}}',
  'nb/package.json': manifest({ name: 'own', imports: { '#inside': './lib/inside.ts' } }),
  'nb/f/a.ts': typed('a.ts'),
  'nb/f/b.mts': typed('b.mts'),
  'nb/f/c.cts': typed('c.cts'),
  'nb/f/d.tsx': typed('d.tsx'),
  'nb/f/e.js': esm('e.js'),
  'nb/f/g.js': cjs('g.js'),
  'nb/f/h.mjs': esm('h.mjs'),
  'nb/f/i.cjs': cjs('i.cjs'),
  'nb/f/j/index.ts': typed('j/index.ts'),
  'nb/f/k/package.json': manifest({ main: './src/main.ts' }),
  'nb/f/k/src/main.ts': typed('k/src/main.ts'),
  'nb/f/l.json': '{"which": "l.json"}',
  'nb/f/m.js': cjs('m.js'),
  'nb/f/m.d.ts': types,
  'nb/f/n.mjs': esm('n.mjs'),
  'nb/f/n.d.mts': types,
  'nb/f/nothing.d.ts': types,
  'nb/lib/p.ts': typed('lib/p.ts'),
  'nb/lib/inside.ts': typed('lib/inside.ts'),
  'outside/o.ts': typed('outside/o.ts'),
  'packages/workspace/package.json': manifest({ name: 'workspace', main: './src/index.ts' }),
  'packages/workspace/src/index.ts': typed('workspace/src/index.ts'),
  'nb/node_modules/dualp/package.json': manifest({
    name: 'dualp',
    exports: { '.': dual, './deep/*': { types: './index.d.ts', import: './deep/*.mjs' } },
  }),
  'nb/node_modules/dualp/index.d.ts': types,
  'nb/node_modules/dualp/index.mjs': esm('dualp/index.mjs'),
  'nb/node_modules/dualp/index.cjs': cjs('dualp/index.cjs'),
  'nb/node_modules/dualp/deep/x.mjs': esm('dualp/deep/x.mjs'),
  'nb/node_modules/uses-dualp/package.json': manifest({
    name: 'uses-dualp',
    type: 'module',
    main: 'index.js',
    types: 'index.d.ts',
  }),
  'nb/node_modules/uses-dualp/index.js': `export { which } from 'dualp';`,
  'nb/node_modules/uses-dualp/index.d.ts': types,
  'nb/node_modules/conditions/package.json': manifest({
    name: 'conditions',
    exports: {
      node: { types: './node.d.ts', default: './node.cjs' },
      default: { types: './other.d.ts', default: './other.js' },
    },
  }),
  'nb/node_modules/conditions/node.cjs': cjs('conditions/node.cjs'),
  'nb/node_modules/conditions/node.d.ts': types,
  'nb/node_modules/conditions/other.d.ts': 'export declare const other: string;',
  'nb/node_modules/conditions/other.js': cjs('conditions/other.js'),
  'nb/node_modules/cjsp/package.json': manifest({
    name: 'cjsp',
    main: 'lib/main',
    types: 'lib/main.d.ts',
  }),
  'nb/node_modules/cjsp/lib/main.js': cjs('cjsp/lib/main.js'),
  'nb/node_modules/cjsp/lib/main.d.ts': types,
  'nb/node_modules/esmp/package.json': manifest({
    name: 'esmp',
    type: 'module',
    exports: { types: './index.d.ts', default: './index.js' },
  }),
  'nb/node_modules/esmp/index.js': esm('esmp/index.js'),
  'nb/node_modules/esmp/index.d.ts': types,
  'nb/node_modules/onlyrequire/package.json': manifest({
    name: 'onlyrequire',
    exports: { types: './index.d.ts', require: './index.js' },
  }),
  'nb/node_modules/onlyrequire/index.js': cjs('onlyrequire/index.js'),
  'nb/node_modules/onlyrequire/index.d.ts': types,
  'nb/node_modules/onlytypes/package.json': manifest({ name: 'onlytypes', types: 'index.d.ts' }),
  'nb/node_modules/onlytypes/index.d.ts': types,
  'elsewhere/pathp/package.json': manifest({
    name: 'pathp',
    exports: { types: './index.d.ts', import: './index.mjs', require: './index.cjs' },
  }),
  'elsewhere/pathp/index.d.ts': types,
  'elsewhere/pathp/index.mjs': esm('pathp/index.mjs'),
  'elsewhere/pathp/index.cjs': cjs('pathp/index.cjs'),
};

/** What is loaded for a specifier. */
const LOADED: readonly (readonly [specifier: string, file: string])[] = [
  ['./f/a', 'a.ts'],
  ['./f/a.ts', 'a.ts'],
  ['./f/a.js', 'a.ts'],
  ['./f/b.mts', 'b.mts'],
  ['./f/b.mjs', 'b.mts'],
  ['./f/c.cts', 'c.cts'],
  ['./f/c.cjs', 'c.cts'],
  ['./f/d', 'd.tsx'],
  ['./f/d.tsx', 'd.tsx'],
  ['./f/d.jsx', 'd.tsx'],
  ['./f/d.js', 'd.tsx'],
  ['./f/e', 'e.js'],
  ['./f/e.js', 'e.js'],
  ['./f/g', 'g.js'],
  ['./f/g.js', 'g.js'],
  ['./f/h.mjs', 'h.mjs'],
  ['./f/i.cjs', 'i.cjs'],
  ['./f/j', 'j/index.ts'],
  ['./f/j/', 'j/index.ts'],
  ['./f/j/index', 'j/index.ts'],
  ['./f/k', 'k/src/main.ts'],
  ['./f/l.json', 'l.json'],
  ['./f/m', 'm.js'],
  ['./f/m.js', 'm.js'],
  ['./f/n.mjs', 'n.mjs'],
  ['../outside/o', 'outside/o.ts'],
  ['@lib/p', 'lib/p.ts'],
  ['mapped', 'outside/o.ts'],
  ['#inside', 'lib/inside.ts'],
  ['workspace', 'workspace/src/index.ts'],
  ['dualp', 'dualp/index.mjs'],
  ['dualp/deep/x', 'dualp/deep/x.mjs'],
  ['uses-dualp', 'dualp/index.mjs'],
  ['conditions', 'conditions/node.cjs'],
  ['cjsp', 'cjsp/lib/main.js'],
  ['cjsp/lib/main.js', 'cjsp/lib/main.js'],
  ['esmp', 'esmp/index.js'],
  ['onlyrequire', 'onlyrequire/index.js'],
  ['pathp', 'pathp/index.mjs'],
];

/** What isn't, and what is said of it. */
const REFUSED: readonly (readonly [specifier: string, message: string])[] = [
  ['./f/b', 'Cannot find module'],
  ['./f/h', 'Cannot find module'],
  ['./f/i', 'Cannot find module'],
  ['./f/l', 'Cannot find module'],
  ['./f/missing', 'Cannot find module'],
  ['missing', 'Cannot find module'],
  ['./f/nothing', 'has types, but there is nothing to load'],
  ['onlytypes', 'has types, but there is nothing to load'],
];

/** Node.js finds nothing for these by `import`; TypeScript's bundler does, and so do we. */
const NOT_FOR_NODE = ['onlyrequire', 'pathp'];

const specifiers = LOADED.map(([specifier]) => specifier);
const files = LOADED.map(([, file]) => file);
const statically = specifiers.map((name, i) => `import * as m${i} from '${name}';`).join('\n');
const gathered = `[${specifiers.map((_, i) => `m${i}.which`).join(', ')}]`;
const dynamically = `[${specifiers.map((name) => `(await import('${name}')).which`).join(', ')}]`;

/** Modules that import all there is, in every way that a module can. */
const IMPORTERS: Readonly<Record<string, string>> = {
  'nb/static.ts': `${statically}\nexport const seen: string[] = ${gathered};`,
  'nb/static.mts': `${statically}\nexport const seen: string[] = ${gathered};`,
  'nb/static.tsx': `${statically}\nexport const seen: string[] = ${gathered};`,
  'nb/static.mjs': `${statically}\nexport const seen = ${gathered};`,
  'nb/dynamic.ts': `export const seen: string[] = ${dynamically};`,
  'nb/later.ts': `export async function load(): Promise<string[]> { return ${dynamically}; }`,
  'nb/later.cts': `export async function load(): Promise<string[]> { return ${dynamically}; }`,
  'nb/again.ts': specifiers
    .map((name, i) => `export { which as w${i} } from '${name}';`)
    .join('\n'),
};

let root: string;
let notebook: TestNotebook;
const nodePath = process.env.NODE_PATH;

beforeAll(async () => {
  const setUp = (cwd: string): void => {
    root = join(realpathSync(cwd), 'root');
    for (const [path, text] of Object.entries({ ...FILES, ...IMPORTERS })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    symlinkSync('../../packages/workspace', join(root, 'nb/node_modules/workspace'));
    process.env.NODE_PATH = join(root, 'elsewhere');
  };
  notebook = await TestNotebook.open(setUp, {}, 'root/nb');
});
afterAll(async () => {
  if (nodePath === undefined) delete process.env.NODE_PATH;
  else process.env.NODE_PATH = nodePath;
  await notebook.close();
});

/** A cell's value, read from the JSON that it prints. */
async function valueOf(code: string): Promise<unknown> {
  const executed = await notebook.run(code);
  if (executed.outcome.status === 'error') throw new Error(errorOf(executed).traceback.join('\n'));
  return JSON.parse(executed.stdout);
}

const print = (value: string): string => `console.log(JSON.stringify(${value}));`;

describe('what TypeScript finds for a specifier, a notebook loads', () => {
  const typescript = loadTypeScript();
  const found = (specifier: string): string | undefined => {
    const options: ts.CompilerOptions = {
      module: typescript.ModuleKind.ESNext,
      moduleResolution: typescript.ModuleResolutionKind.Bundler,
      allowJs: true,
      allowImportingTsExtensions: true,
      resolveJsonModule: true,
      customConditions: ['node'],
      paths: { '@lib/*': ['./lib/*'], mapped: ['../outside/o.ts'] },
      pathsBasePath: join(root, 'nb'),
    };
    const from = join(root, 'nb', 'any.ts');
    return typescript.resolveModuleName(specifier, from, options, typescript.sys).resolvedModule
      ?.resolvedFileName;
  };

  it('as the table has it', () => {
    for (const [specifier, file] of LOADED) {
      if (specifier === 'pathp') continue;
      const local = found(specifier) ?? '';
      const ofTypes = /\.d\.[cm]?ts$/.test(local);
      expect([specifier, ofTypes || local.endsWith(file)]).toEqual([specifier, true]);
    }
    for (const [specifier, message] of REFUSED)
      expect([specifier, found(specifier) === undefined]).toEqual([
        specifier,
        message.startsWith('Cannot find'),
      ]);
  });

  it('as Node.js does for packages', () => {
    const packages = LOADED.filter(
      ([name]) => /^[a-z]/.test(name) && !['mapped', 'workspace', ...NOT_FOR_NODE].includes(name),
    );
    const script = `const seen = []; for (const name of ${JSON.stringify(packages.map(([name]) => name))}) seen.push((await import(name)).which); console.log(JSON.stringify(seen));`;
    const options = { cwd: join(root, 'nb'), encoding: 'utf8' } as const;
    writeFileSync(join(root, 'nb', 'judge.mjs'), script);
    const seen = JSON.parse(execFileSync(process.execPath, ['judge.mjs'], options)) as unknown;
    expect(seen).toEqual(packages.map(([, file]) => file));
  });

  it('in a cell, by import and import()', async () => {
    expect(await valueOf(`${statically}\n${print(gathered)}`)).toEqual(files);
    expect(await valueOf(print(dynamically))).toEqual(files);
  });

  it.each(['ts', 'mts', 'tsx', 'mjs'])('in a module, by import: .%s', async (extension) => {
    expect(
      await valueOf(`import { seen } from './static.${extension}';\n${print('seen')}`),
    ).toEqual(files);
  });

  it('in a module, by import(), when it loads and later', async () => {
    expect(await valueOf(`import { seen } from './dynamic';\n${print('seen')}`)).toEqual(files);
    for (const file of ['./later', './later.cts'])
      expect(await valueOf(`import { load } from '${file}';\n${print('await load()')}`)).toEqual(
        files,
      );
  });

  it('in a module that passes it on', async () => {
    const seen = specifiers.map((_, i) => `again.w${i}`).join(', ');
    expect(await valueOf(`import * as again from './again';\n${print(`[${seen}]`)}`)).toEqual(
      files,
    );
  });

  it('by a name that is known only when it runs', async () => {
    const names = JSON.stringify(specifiers.filter((name) => !/^(?:@lib|mapped)/.test(name)));
    const expected = LOADED.filter(([name]) => !/^(?:@lib|mapped)/.test(name)).map(
      ([, file]) => file,
    );
    expect(
      await valueOf(
        `const seen: string[] = [];\nfor (const name of ${names} as string[]) seen.push((await import(name)).which);\n${print('seen')}`,
      ),
    ).toEqual(expected);
  });

  it('once, whoever asks', async () => {
    const loads = (await valueOf(print('(globalThis as any).loads'))) as Record<string, number>;
    expect(loads).toEqual(
      Object.fromEntries(files.filter((file) => file !== 'l.json').map((file) => [file, 1])),
    );
  });

  it('by require, as Node.js does where it can', async () => {
    const names = [
      './f/a',
      './f/a.ts',
      './f/b.mts',
      './f/c.cts',
      './f/d',
      './f/g',
      './f/i.cjs',
      './f/j',
      './f/l.json',
      'dualp',
      'cjsp',
      'pathp',
    ];
    const expected = [
      'a.ts',
      'a.ts',
      'b.mts',
      'c.cts',
      'd.tsx',
      'g.js',
      'i.cjs',
      'j/index.ts',
      'l.json',
      'dualp/index.cjs',
      'cjsp/lib/main.js',
      'pathp/index.cjs',
    ];
    const list = JSON.stringify(names);
    expect(await valueOf(print(`${list}.map((name) => require(name).which)`))).toEqual(expected);
    expect(
      await valueOf(
        `import { createRequire } from 'node:module';\nconst own = createRequire(import.meta.url);\n${print(`${list}.map((name) => own(name).which)`)}`,
      ),
    ).toEqual(expected);
  });

  it('and nothing else: the rest is an error where it says import', async () => {
    const code = REFUSED.map(([name], i) => `import * as n${i} from '${name}';`).join('\n');
    const { evalue } = errorOf(await notebook.run(code));
    const found = REFUSED.filter(([, message]) => message.startsWith('Cannot find'));
    for (const [name, message] of found) {
      const line = REFUSED.findIndex(([other]) => other === name) + 1;
      expect(evalue).toMatch(new RegExp(`:${line}:\\d+ - ${message}`));
    }
    for (const [name, message] of REFUSED.slice(-2)) {
      const error = errorOf(await notebook.run(`1;\nimport { which } from '${name}';\nwhich`));
      expect(error.evalue).toContain(
        `cell[${notebook.lastCount}]:2:23 - Module '${name}' ${message}`,
      );
      writeFileSync(join(root, 'nb', 'bad.ts'), `\nexport { which } from '${name}';`);
      await new Promise((wait) => setTimeout(wait, 20));
      const inside = errorOf(await notebook.run(`import './bad';`));
      expect(inside.evalue).toContain(`bad.ts:2:23 - Module '${name}' ${message}`);
    }
  });
});
