import type { AnalysedCell, ImportedName } from './analysis';

/** What the names of one cell are called in the module. */
export interface CellNames {
  /** Of those that it declares. */
  readonly own: ReadonlyMap<string, string>;
  /** Of those of earlier cells. */
  readonly borrowed: ReadonlyMap<string, string>;
}

/** An import of the module: `imported` of `specifier`, by the name `local`. */
export type ModuleImport = ImportedName;

export interface Naming {
  readonly cells: readonly CellNames[];
  readonly imports: readonly ModuleImport[];
  /** What functions of a cell use that a later cell declares anew: the notebook's would take the later one. */
  readonly stale: readonly StaleName[];
}

export interface StaleName {
  readonly name: string;
  /** Indices of cells: whose function uses it, and which declares it anew. */
  readonly used: number;
  readonly again: number;
}

interface Variable {
  readonly final: string;
  /** Of imports: what is imported. */
  readonly origin?: string;
}

/**
 * One name for each variable: where a cell declares a name anew, as a module can't, it is called `x_2` from
 * there on. The same import in several cells is one.
 */
export function nameAll(cells: readonly AnalysedCell[], taken: ReadonlySet<string>): Naming {
  const latest = new Map<string, Variable>();
  const used = new Set(taken);
  const imports: ModuleImport[] = [];
  const stale: StaleName[] = [];
  const named = cells.map((cell, index): CellNames => {
    const borrowed = new Map(
      cell.borrowed.flatMap(({ name }) => {
        const variable = latest.get(name);
        return variable ? [[name, variable.final] as const] : [];
      }),
    );
    const own = new Map<string, string>();
    for (const name of cell.declared) {
      const before = latest.get(name);
      const imported = cell.imports.find(({ local }) => local === name);
      const origin = imported && originOf(imported);
      if (before && origin !== undefined && before.origin === origin) {
        own.set(name, before.final);
        continue;
      }
      const final = before ? freeName(name, used) : name;
      used.add(final);
      if (before) stale.push(...usersOf(cells, name, index));
      latest.set(name, { final, ...(origin !== undefined && { origin }) });
      own.set(name, final);
      if (imported) imports.push({ ...imported, local: final });
    }
    return { own, borrowed };
  });
  return { cells: named, imports, stale };
}

/** `name`, or the first of `name_2`, `name_3`, ... that is not in use. */
export function freeName(name: string, used: ReadonlySet<string>): string {
  for (let i = 2; ; i++) {
    const candidate = `${name}_${i}`;
    if (!used.has(candidate)) return candidate;
  }
}

function originOf({ specifier, imported, attributes }: ImportedName): string {
  return JSON.stringify([specifier, imported, attributes]);
}

/** The last cell before `again` whose functions use a name that yet an earlier one declares. */
function usersOf(cells: readonly AnalysedCell[], name: string, again: number): StaleName[] {
  const declares = (i: number): boolean => cells[i]?.declared.has(name) ?? false;
  for (let i = again - 1; i >= 0 && !declares(i); i--) {
    const uses = cells[i]?.borrowed.some((place) => place.name === name && place.isLater);
    if (uses) return [{ name, used: i, again }];
  }
  return [];
}
