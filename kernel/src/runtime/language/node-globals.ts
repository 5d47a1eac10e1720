import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type ts from 'typescript';
import { packageRoot } from '../packages';
import type { TypeScript } from './typescript';

/** Where the declarations below seem to lie. */
export const NODE_GLOBALS_FILE: string = join(packageRoot, 'dist', 'node-globals.d.ts');

/** Classes that are globals of Node.js, and of which its types know another way only. */
const CLASSES: Readonly<Record<string, string>> = {
  CloseEvent: `import('undici-types').CloseEvent`,
  Crypto: `import('node:crypto').webcrypto.Crypto`,
  CryptoKey: `import('node:crypto').webcrypto.CryptoKey`,
  EventSource: `import('undici-types').EventSource`,
  Performance: `import('node:perf_hooks').Performance`,
  SubtleCrypto: `import('node:crypto').webcrypto.SubtleCrypto`,
  WebSocket: `import('undici-types').WebSocket`,
};

const NAVIGATOR = `
interface Navigator {
  readonly hardwareConcurrency: number;
  readonly language: string;
  readonly languages: readonly string[];
  readonly platform: string;
  readonly userAgent: string;
}
declare var Navigator: { prototype: Navigator; new (): Navigator };
declare var navigator: Navigator;
`;

type ResolvingChecker = ts.TypeChecker & {
  resolveName(
    name: string,
    location: undefined,
    meaning: ts.SymbolFlags,
    excludeGlobals: boolean,
  ): ts.Symbol | undefined;
};

/** The globals of this Node.js that its types leave out. */
export function nodeGlobals(typescript: TypeScript): string {
  const classes = Object.entries(CLASSES).flatMap(([name, type]) =>
    name in globalThis ? [`type ${name} = ${type};`, classOf(name)] : [],
  );
  const isNavigatorHere = 'Navigator' in globalThis;
  return [...classes, isNavigatorHere ? NAVIGATOR : '', webAssembly(typescript)].join('\n');
}

/** Declarations of whatever else this Node.js has and a program knows nothing of. */
export function untypedGlobals(typescript: TypeScript, program: ts.Program): string {
  const checker = program.getTypeChecker() as ResolvingChecker;
  return Object.getOwnPropertyNames(globalThis)
    .filter((name) => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name))
    .filter((name) => !checker.resolveName(name, undefined, typescript.SymbolFlags.Value, false))
    .map((name) => `declare var ${name}: any;\n`)
    .join('');
}

function classOf(name: string): string {
  return `declare var ${name}: { prototype: ${name}; new (...parts: any[]): ${name} };`;
}

/** As in a browser, and from where TypeScript has it for browsers. */
function webAssembly(typescript: TypeScript): string {
  const file = join(dirname(typescript.getDefaultLibFilePath({})), 'lib.dom.d.ts');
  const text = readFileSync(file, 'utf8');
  const start = text.indexOf('declare namespace WebAssembly {');
  const end = text.indexOf('\n}', start);
  if (start < 0 || end < 0) return '';
  const buffers =
    'declare namespace WebAssembly { type BufferSource = ArrayBufferView | ArrayBuffer }';
  return `${text.slice(start, end)}\n}\n${buffers}\n`;
}
