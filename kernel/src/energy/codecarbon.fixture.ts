import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The CodeCarbon of the checkout's Python: its tables judge ours. */
function folder(): string {
  const lib = join(process.cwd(), '.venv/lib');
  const found = (existsSync(lib) ? readdirSync(lib) : [])
    .map((python) => join(lib, python, 'site-packages/codecarbon'))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error('the oracle needs .venv: run npm run setup');
  return found;
}

/** A file of the package as text. */
export function codecarbonFile(path: string): string {
  return readFileSync(join(folder(), path), 'utf8').replace(/^\uFEFF/, '');
}

/** A CSV file of the package, a record a line, by the names in its head; quoted commas stay in their cell. */
export function codecarbonTable(path: string): readonly Readonly<Record<string, string>>[] {
  const [head = [], ...rows] = codecarbonFile(path)
    .trim()
    .split(/\r?\n/)
    .map((line) =>
      [...line.matchAll(/("[^"]*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) => cell.replace(/"/g, '')),
    );
  return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? ''])));
}

/** A number that the package's sources set: `NAME = 4`. */
export function codecarbonConstant(path: string, name: string): number {
  const [, value] = new RegExp(`^${name} = ([\\d.]+)`, 'm').exec(codecarbonFile(path)) ?? [];
  if (value === undefined) throw new Error(`CodeCarbon's ${path} sets no ${name}`);
  return Number(value);
}
