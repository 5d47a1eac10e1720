import { HalfnoteError } from '../../errors';
import { macros } from '../../magics/macros';
import { magicsIn } from '../../magics/language/located';
import { MAGICS } from '../../magics/table';
import type { Expansion } from '../../magics/language/magics';

/** Magics about a notebook's own state, which a script hasn't. */
const OF_NOTEBOOKS: ReadonlySet<string> = new Set(['who', 'whos', 'reset', 'load', 'types']);
/** How an expansion names the library. */
const IMPORTED = "(await import('halfnote'))";

/** A cell whose magics are TypeScript. */
export interface CellCode {
  readonly code: string;
  /** Names of the magics that were left out, as written. */
  readonly leftOut: readonly string[];
  /** Whether something in it holds until the cell's end, or reports then. */
  readonly hasEnd: boolean;
  /** Whether from then on each cell is reported when it ends. */
  readonly reportsCells: boolean;
}

/**
 * Expands a cell's magics; the library goes by the name `library` in them.
 * Throws `cannot-convert` where a magic can't be expanded.
 */
export function codeOfCell(source: string, number: number, library: string): CellCode {
  const lost = magicsIn(MAGICS, source).filter(({ name }) => OF_NOTEBOOKS.has(name));
  const kept = lost.reduceRight(
    (text, { start, end }) =>
      `${text.slice(0, start)}// ${text.slice(start, end)}${text.slice(end)}`,
    source,
  );
  const expansion: Expansion = macros.expand(kept);
  if (!expansion.ok) {
    throw new HalfnoteError('cannot-convert', `Code cell ${number}: ${expansion.error.evalue}`);
  }
  const code = withLibrary(expansion, library);
  return {
    code,
    leftOut: lost.map(({ start, end }) => source.slice(start, end).split('\n')[0] ?? ''),
    hasEnd: /\b(?:setCellPrecision|timeCell|carbonCell)\(/.test(code),
    reportsCells: /\bsetCarbon\(true\b/.test(code),
  };
}

/** Only in what magics became: the user's own text stays. */
function withLibrary(expansion: Extract<Expansion, { ok: true }>, library: string): string {
  const { code, source } = expansion;
  if (!source) return code;
  const spans = [...source.spans].sort((a, b) => a.target - b.target);
  let [result, from] = ['', 0];
  const generated = (to: number): string => code.slice(from, to).replaceAll(IMPORTED, library);
  for (const { target, length } of spans) {
    result += generated(target) + code.slice(target, target + length);
    from = target + length;
  }
  return result + generated(code.length);
}
