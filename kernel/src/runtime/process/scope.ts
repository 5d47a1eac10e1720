/** Getter, and setter where the name can be assigned. */
export type Accessor = readonly [get: () => unknown, set?: (value: unknown) => void];

/**
 * The notebook's variables: each name leads to the variable in the cell that declared it last.
 * Compiled cells read earlier cells' variables as properties of {@link variables}.
 */
export class Scope {
  readonly variables: Record<string, unknown> = Object.create(null) as Record<string, unknown>;

  private newest: ReadonlySet<string> = new Set();

  /** Makes a cell's names visible; returns what undoes it for the names that never got a value. */
  bind(accessors: Readonly<Record<string, Accessor>>, hoisted: readonly string[]): BoundNames {
    this.newest = new Set(Object.keys(accessors));
    const replaced = new Map<string, PropertyDescriptor | undefined>();
    for (const [name, [get, set]] of Object.entries(accessors)) {
      replaced.set(name, Object.getOwnPropertyDescriptor(this.variables, name));
      Object.defineProperty(this.variables, name, {
        configurable: true,
        enumerable: true,
        get,
        ...(set && { set }),
      });
    }
    return new BoundNames(this.variables, replaced, new Set(hoisted));
  }

  /** The values by name; without variables whose declaration was not reached. */
  values(): ReadonlyMap<string, unknown> {
    const values = new Map<string, unknown>();
    for (const name of Object.keys(this.variables)) {
      try {
        values.set(name, this.variables[name]);
      } catch {
        // The temporal dead zone of the running cell.
      }
    }
    return values;
  }

  /** Removes all names but those that the last bound cell declares. */
  forget(): void {
    for (const name of Object.keys(this.variables)) {
      if (this.newest.has(name)) continue;
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- cells see this object, so a name that is gone must not be in it
      delete this.variables[name];
    }
  }
}

/** The names of one cell. */
export class BoundNames {
  constructor(
    private readonly variables: Record<string, unknown>,
    private readonly replaced: ReadonlyMap<string, PropertyDescriptor | undefined>,
    private readonly hoisted: ReadonlySet<string>,
  ) {}

  /**
   * After a cell failed: names whose declaration did not run lead to what they led to before. Returns
   * the others.
   */
  keepInitialized(): string[] {
    const kept: string[] = [];
    for (const [name, previous] of this.replaced) {
      if (this.isInitialized(name)) kept.push(name);
      else if (previous) Object.defineProperty(this.variables, name, previous);
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- cells see this object, so a name that is gone must not be in it
      else delete this.variables[name];
    }
    return kept;
  }

  private isInitialized(name: string): boolean {
    try {
      const value = this.variables[name];
      return value !== undefined || !this.hoisted.has(name);
    } catch {
      // The temporal dead zone: a `const`, `let` or `class` that was not reached.
      return false;
    }
  }
}
