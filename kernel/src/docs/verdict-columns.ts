import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Column, columnPart } from '../studies/column';
import { type StoredCell, textHash } from '../studies/notebook-hash';

/** The columns of all machines, and what the notebooks are today. */
export interface VerdictColumns {
  readonly columns: readonly Column[];
  /** The hash of each study's notebook as it stands; a part with another one is of an earlier notebook. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Studies with a picture of their own, `docs/images/study-<name>.svg`. */
  readonly pictured: ReadonlySet<string>;
}

/** Reads `notebooks/research`: its notebooks, and `verdicts/<machine>/<study>.json`; and which have a picture. */
export function readVerdictColumns(folder: string): VerdictColumns {
  const json = (...path: string[]): unknown =>
    JSON.parse(readFileSync(join(folder, ...path), 'utf8')) as unknown;
  // Where nothing has run there is no folder of verdicts.
  const named = (path: string, ending: string): string[] =>
    (existsSync(join(folder, path)) ? readdirSync(join(folder, path)) : [])
      .filter((name) => name.endsWith(ending))
      .toSorted();
  return {
    columns: named('verdicts', '').map((machine) => ({
      machine,
      parts: named(join('verdicts', machine), '.json').map((file) =>
        columnPart.parse(json('verdicts', machine, file)),
      ),
    })),
    pictured: new Set(
      named('../../docs/images', '.svg').flatMap(
        (file) => /^study-(.*)\.svg$/.exec(file)?.[1] ?? [],
      ),
    ),
    hashes: new Map(
      named('.', '.ipynb').map((file) => {
        const { cells } = json(file) as { readonly cells: readonly StoredCell[] };
        return [file.replace(/\.ipynb$/, ''), textHash(cells)] as const;
      }),
    ),
  };
}
