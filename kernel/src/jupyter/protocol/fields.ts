import { HalfnoteError } from '../../errors';
import type { JsonObject } from './message';

/**
 * Reads a request's content field by field. Null counts as absent, as front ends send it for defaults.
 *
 * Hand-written because a schema library would cost a tenth of the kernel's start-up.
 */
export class Fields {
  constructor(
    private readonly type: string,
    private readonly content: JsonObject,
  ) {}

  string(name: string, fallback?: string): string {
    return this.read(name, 'a string', fallback, (value) => typeof value === 'string');
  }

  boolean(name: string, fallback?: boolean): boolean {
    return this.read(name, 'a boolean', fallback, (value) => typeof value === 'boolean');
  }

  integer(name: string, fallback?: number): number {
    return this.read(name, 'an integer', fallback, Number.isInteger);
  }

  /** From `min` to `max`, both included. */
  integerWithin(name: string, min: number, max: number, fallback?: number): number {
    const value = this.integer(name, fallback);
    if (value >= min && value <= max) return value;
    throw new HalfnoteError(
      'invalid-request',
      `${this.type}: "${name}" is ${value}, expected ${min} to ${max}`,
    );
  }

  optionalInteger(name: string): number | undefined {
    return this.has(name) ? this.integer(name) : undefined;
  }

  optionalString(name: string): string | undefined {
    return this.has(name) ? this.string(name) : undefined;
  }

  object(name: string, fallback?: JsonObject): JsonObject {
    return this.read(name, 'an object', fallback, isJsonObject);
  }

  /** A list of byte arrays, empty without one. */
  bytes(name: string): readonly Uint8Array[] {
    const isBytes = (value: unknown): boolean => value instanceof Uint8Array;
    const accepts = (value: unknown): boolean => Array.isArray(value) && value.every(isBytes);
    return this.read<readonly Uint8Array[]>(name, 'a list of byte arrays', [], accepts);
  }

  choice<T extends string | number>(name: string, allowed: readonly T[], fallback?: T): T {
    const expected = `one of ${allowed.map((value) => JSON.stringify(value)).join(', ')}`;
    return this.read(name, expected, fallback, (value) => allowed.includes(value as T));
  }

  private has(name: string): boolean {
    return this.content[name] !== undefined && this.content[name] !== null;
  }

  private read<T>(
    name: string,
    expected: string,
    fallback: T | undefined,
    accepts: (value: unknown) => boolean,
  ): T {
    const value = this.content[name];
    if (value === undefined || value === null) {
      if (fallback !== undefined) return fallback;
      throw new HalfnoteError(
        'invalid-request',
        `${this.type}: "${name}" is missing, expected ${expected}`,
      );
    }
    if (accepts(value)) return value as T;
    throw new HalfnoteError(
      'invalid-request',
      `${this.type}: "${name}" is ${summary(value)}, expected ${expected}`,
    );
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function summary(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
