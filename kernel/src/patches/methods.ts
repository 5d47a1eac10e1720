/** A method of an object that isn't ours. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What takes a method's place, typed after the class it is for. */
export type Replacement = (this: never, ...args: never[]) => unknown;

/** Takes a change out again. */
export type Undo = () => void;

/** The object of the prototype chain that has the property itself; undefined where none has it. */
export function ownerOf(object: object, name: string): object | undefined {
  let owner: object | null = object;
  while (owner !== null && !Object.hasOwn(owner, name)) {
    owner = Object.getPrototypeOf(owner) as object | null;
  }
  return owner ?? undefined;
}

/**
 * Replaces a method by what `around` makes of it, which is called with the original as it stands.
 * @param what the object and the method, as tfjs calls them, for the error
 * @throws Error where the object has no such method.
 */
export function replaceMethod(
  owner: object,
  name: string,
  around: (original: Method) => Replacement,
  what = name,
): Undo {
  const original: unknown = Reflect.get(owner, name);
  if (typeof original !== 'function') throw new Error(`This tfjs has no ${what} to replace.`);
  return replaceProperty(owner, name, around(original as Method));
}

/** Sets a property; undoing it puts back what the object itself had, or takes the property away. */
export function replaceProperty(owner: object, name: PropertyKey, value: unknown): Undo {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: before?.enumerable ?? false,
  });
  return () => {
    if (before === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, before);
  };
}

/** A method of many classes, replaced where the prototype chain of an object has it, once. */
export class MetMethods {
  readonly #replacements = new WeakSet<object>();
  readonly #met: Undo[] = [];

  constructor(
    private readonly name: string,
    private readonly around: (original: Method) => Replacement,
  ) {}

  /** Replaces the method of a class; undefined where it is replaced already, or isn't there. */
  put(object: object): Undo | undefined {
    const owner = ownerOf(object, this.name);
    const original: unknown = owner && Reflect.get(owner, this.name);
    if (owner === undefined || typeof original !== 'function') return undefined;
    if (this.#replacements.has(original)) return undefined;
    const replacement = this.around(original as Method);
    this.#replacements.add(replacement);
    return replaceProperty(owner, this.name, replacement);
  }

  /** The same for a class that is met as it is used, a user's for instance. */
  meet(object: object): void {
    const undo = this.put(object);
    if (undo !== undefined) this.#met.push(undo);
  }

  /** Gives the classes that were met their methods back. */
  undoMet(): void {
    for (const undo of this.#met.splice(0).reverse()) undo();
  }
}
