import { host } from '../host';

/** The converter's name for the value of a cell's last expression; it is no variable of the user's. */
const LAST_EXPRESSION = /^tsLastExpr\d*$/;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** What a view speaks of, by its role in the call; held no longer than by the notebook itself. */
const subjects = new WeakMap<object, ReadonlyMap<string, WeakRef<object>>>();

/** Whether a variable of the notebook is one that the user has declared. */
export function isOfUser(name: string): boolean {
  return !LAST_EXPRESSION.test(name);
}

/**
 * The notebook's variable that holds just this object, the one declared last where several do; undefined in
 * a plain script, and for what no variable holds.
 */
export function variableOf(value: object): string | undefined {
  const names = [...(host()?.variables() ?? [])].flatMap(([name, held]) =>
    held === value && isOfUser(name) && IDENTIFIER.test(name) ? [name] : [],
  );
  return names.at(-1);
}

/** Remembers of what a view speaks, for {@link subjectOf} to name it: `about(new Cost(result), { model })`. */
export function about<T extends object>(
  view: T,
  parts: Readonly<Record<string, object | undefined>>,
): T {
  const held = Object.entries(parts).flatMap(([role, part]) =>
    part === undefined ? [] : [[role, new WeakRef(part)] as const],
  );
  subjects.set(view, new Map(held));
  return view;
}

/** The variable that holds what a view was made of, as it is called now; undefined where none does. */
export function subjectOf(view: object, role = 'model'): string | undefined {
  const part = subjects.get(view)?.get(role)?.deref();
  return part === undefined ? undefined : variableOf(part);
}
