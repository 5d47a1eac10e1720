import { readFileSync, readdirSync } from 'node:fs';

/** Reads a file of `/sys`, without the line's end. */
export type ReadText = (file: string) => string;

export function readText(file: string): string {
  return readFileSync(file, 'utf8').trim();
}

/** A whole number from 0, however large. Throws an error that names the file. */
export function readCount(file: string, read: ReadText): bigint {
  const text = read(file);
  if (!/^\d+$/.test(text)) throw new Error(`${file} holds "${text}", no count`);
  return BigInt(text);
}

/** `EACCES`, `ENOENT`, ... of an error of the file system. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

export function isDenied(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'EACCES' || code === 'EPERM';
}

/** Undefined for what isn't there or can't be read. */
export function optional<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

export function listFolder(folder: string): readonly string[] {
  return optional(() => readdirSync(folder)) ?? [];
}

export function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
