import { HalfnoteError, nearest, shown } from '../../errors';

/** A property of a model: what it may be, and how it travels. */
export interface Trait<V> {
  readonly initial: () => V;
  /** The value as it is kept. `where` names the property for an error: `IntSlider.value`. */
  readonly check: (value: unknown, where: string) => V;
  /** Its name in the state, where that isn't the property's in snake case. */
  readonly key?: string;
  /** `kept`: it doesn't travel. `told`: what a front end says of it is passed over. Default: both ways. */
  readonly way?: 'kept' | 'told';
  /** False: other pages aren't told at once what one of them has set. */
  readonly echo?: false;
  readonly toJson?: (value: V) => unknown;
}

/** The properties of a model, by their names in TypeScript. */
export type Traits<T> = { readonly [K in keyof T]-?: Trait<T[K]> };

/**
 * A whole number.
 * @throws HalfnoteError `invalid-argument` for what is none.
 */
export function integer(initial: number): Trait<number> {
  return trait(initial, 'a whole number', (value) => Number.isSafeInteger(value));
}

/** Any number that is finite. */
export function real(initial: number): Trait<number> {
  return trait(initial, 'a finite number', (value) => Number.isFinite(value));
}

/** A number above zero: a step. */
export function step(initial: number, whole: boolean): Trait<number> {
  const what = whole ? 'a whole number above 0' : 'a finite number above 0';
  return trait(
    initial,
    what,
    (value) => (whole ? Number.isSafeInteger(value) : Number.isFinite(value)) && Number(value) > 0,
  );
}

export function flag(initial: boolean): Trait<boolean> {
  return trait(initial, 'true or false', (value) => typeof value === 'boolean');
}

export function text(initial: string): Trait<string> {
  return trait(initial, 'text', (value) => typeof value === 'string');
}

/** Text, or null for what the front end takes by itself. */
export function optionalText(): Trait<string | null> {
  return trait<string | null>(
    null,
    'text or null',
    (value) => value === null || typeof value === 'string',
  );
}

export function optionalFlag(): Trait<boolean | null> {
  return trait<boolean | null>(
    null,
    'true, false or null',
    (value) => value === null || typeof value === 'boolean',
  );
}

/** One of a few words. */
export function word<W extends string>(initial: W, words: readonly W[]): Trait<W> {
  const check = (value: unknown, where: string): W => {
    const found = words.find((one) => one === value);
    if (found !== undefined) return found;
    const near = typeof value === 'string' ? nearest(value, words, 1)[0] : undefined;
    throw wrong(
      where,
      value,
      `one of ${words.map((one) => `'${one}'`).join(', ')}`,
      near === undefined ? undefined : `Did you mean '${near}'?`,
    );
  };
  return { initial: () => initial, check };
}

function trait<V>(initial: V, what: string, allows: (value: unknown) => boolean): Trait<V> {
  const check = (value: unknown, where: string): V => {
    if (allows(value)) return value as V;
    throw wrong(where, value, what);
  };
  return { initial: () => initial, check };
}

/** The error for a value that a property can't have. */
export function wrong(where: string, value: unknown, what: string, hint?: string): HalfnoteError {
  return new HalfnoteError(
    'invalid-argument',
    `${where} is ${shown(value)}. Allowed: ${what}.`,
    hint,
  );
}

/** `continuousUpdate` to `continuous_update`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
