/** A method of an object that isn't ours. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What takes a method's place, typed after the class it is for. */
export type Replacement = (this: never, ...args: never[]) => unknown;

const wrapped = new WeakSet<object>();

/** The object of the prototype chain that has the property itself; undefined where none has it. */
export function ownerOf(object: object, name: string): object | undefined {
  let owner: object | null = object;
  while (owner !== null && !Object.hasOwn(owner, name)) {
    owner = Object.getPrototypeOf(owner) as object | null;
  }
  return owner ?? undefined;
}

/** Replaces a method by what `around` makes of it; one that was made so is left as it is. */
export function wrapMethod(
  owner: object | undefined,
  name: string,
  around: (original: Method) => Replacement,
): void {
  const original: unknown = owner && Reflect.get(owner, name);
  if (owner === undefined || typeof original !== 'function' || wrapped.has(original)) return;
  const replacement = around(original as Method);
  wrapped.add(replacement);
  Reflect.set(owner, name, replacement);
}
