const has = (owner: object, member: string): boolean => member in owner;
/** Not there while a snapshot is built. */
const atomics = (): object => ('Atomics' in globalThis ? Atomics : {});

/**
 * The parts of ECMAScript's library that came after ES2023, each with what tells whether this Node.js
 * has it. Cells run on the same one.
 */
const newer = (): readonly (readonly [library: string, isHere: boolean])[] => [
  ['es2024.arraybuffer', has(ArrayBuffer.prototype, 'transfer')],
  ['es2024.collection', has(Map, 'groupBy')],
  ['es2024.object', has(Object, 'groupBy')],
  ['es2024.promise', has(Promise, 'withResolvers')],
  ['es2024.regexp', has(RegExp.prototype, 'unicodeSets')],
  ['es2024.sharedmemory', has(atomics(), 'waitAsync')],
  ['es2024.string', has(String.prototype, 'isWellFormed')],
  ['esnext.array', has(Array, 'fromAsync')],
  ['esnext.collection', has(Set.prototype, 'union')],
  ['esnext.error', has(Error, 'isError')],
  ['esnext.float16', has(globalThis, 'Float16Array')],
  ['esnext.iterator', has(globalThis, 'Iterator')],
  ['esnext.promise', has(Promise, 'try')],
  ['esnext.sharedmemory', has(atomics(), 'pause')],
  // What the compiler itself makes of newer syntax needs their types on any Node.js.
  ['esnext.decorators', true],
  ['esnext.disposable', true],
  ['esnext.intl', true],
];

/** TypeScript's library files for what this Node.js has. */
export function librariesHere(): string[] {
  const here = newer().flatMap(([library, isHere]) => (isHere ? [library] : []));
  return ['es2023', ...here].map((library) => `lib.${library}.d.ts`);
}
