import { nearest } from '../../errors';
import { assign, missing } from './assign';
import { call, Code, join, quote, userCode } from './code';
import type { Expanded, Magic } from './declare';
import { insteadOf } from './ipython';
import { magicsIn, type LocatedMagic } from './located';
import type { MagicTable } from './magic-table';
import { MagicProblem } from './problem';
import { usage, written } from './usage';

/** What to put in place of a magic that cannot be expanded; may throw instead. */
export type Mend = (line: LocatedMagic, problem: MagicProblem) => Code;

/** What all magics of a cell are expanded with. */
interface Cell {
  readonly table: MagicTable;
  readonly code: string;
  readonly mend: Mend;
  /** Magics of the whole cell that stand in it a second time: which of the two is meant can't be known. */
  readonly repeated: ReadonlySet<LocatedMagic>;
}

/** The cell with its magics expanded, line for line. */
export function expandCell(table: MagicTable, code: string, mend: Mend): Code {
  const lines = magicsIn(table, code);
  const cell = { table, code, mend, repeated: repeatedOf(lines) };
  const whole = expandLines(cell, lines, false);
  const isShown = lines.some((line) => line.form === 'cell' && asksToShow(line, code));
  return isShown ? printed(expandLines(cell, lines, true), code) : whole;
}

function expandLines(cell: Cell, lines: readonly LocatedMagic[], runs: boolean): Code {
  const { code } = cell;
  // In their order, so that the first problem is the one that is told.
  const parts = lines.map((line) => expandLine(cell, line, runs));
  return lines.reduceRight(
    (rest, { start }, i) => {
      const before = verbatim(code, lines[i - 1]?.end ?? 0, start);
      const part = parts[i] ?? new Code([]);
      return part instanceof Code ? join([before, part, rest]) : join([before, part(rest)]);
    },
    verbatim(code, lines.at(-1)?.end ?? 0, code.length),
  );
}

/** What stands in place of a magic, or in place of it and the rest of the cell. */
type Part = Code | ((rest: Code) => Code);

function expandLine(cell: Cell, line: LocatedMagic, runs: boolean): Part {
  const { code, mend } = cell;
  const source = code.slice(line.start, line.end);
  const before = line.startsStatement ? '' : ';';
  const attempt = <P extends Part>(expand: () => P, rest = new Code([])): P | Code => {
    try {
      return expand();
    } catch (problem) {
      if (!(problem instanceof MagicProblem)) throw problem;
      return join([padded(join([before, mend(line, problem)]), source), rest]);
    }
  };
  return attempt<Part>(() => {
    const expansion = expansionOf(cell, line);
    if (expansion instanceof Code) {
      const isPrinted = !runs && line.form === 'line' && asksToShow(line, code);
      return padded(join([before, isPrinted ? printed(expansion, '') : expansion]), source);
    }
    return (rest) =>
      attempt(() => join([before, paddedAround(expansion, rest, source), ';']), rest);
  });
}

/** The TypeScript of one magic; throws {@link MagicProblem}. */
function expansionOf({ table, code, repeated }: Cell, line: LocatedMagic): Part {
  const magic = knownMagic(table, line);
  if (line.asksHelp) return help(magic, line);
  if (repeated.has(line)) {
    const name = written(magic.name, line.form);
    throw new MagicProblem(`${name} stands in this cell twice`, 'leave one of them out');
  }
  if (line.open) {
    const { start, text } = line.open;
    const at = { start, end: start + text.length };
    throw new MagicProblem(`"${text}" is never closed`, undefined, at, true);
  }
  const assignment = assign(magic, line.words, code);
  if (assignment.help) return help(magic, line);
  const [problem] = assignment.problems;
  if (problem) throw problem;
  const absent = missing(magic, assignment.words).map(({ name }) => name);
  if (absent.length > 0) {
    throw new MagicProblem(`missing ${absent.join(' and ')}`, `Usage: ${usage(magic, line.form)}`);
  }
  const expanded = magic.expand(assignment.words, line.form, line.body?.text);
  return expanded.kind === 'around' ? (rest) => expanded.around(rest) : statementOf(expanded, line);
}

function repeatedOf(lines: readonly LocatedMagic[]): ReadonlySet<LocatedMagic> {
  const cells = lines.filter(({ form, asksHelp }) => form === 'cell' && !asksHelp);
  return new Set(
    cells.filter(({ name }, i) => cells.slice(0, i).some((line) => line.name === name)),
  );
}

function knownMagic(table: MagicTable, line: LocatedMagic): Magic {
  const { magic } = line;
  const name = written(line.name, line.form);
  if (!magic) {
    const instead = insteadOf(line.name);
    if (instead !== undefined) throw new MagicProblem(`${name} is a magic of IPython's`, instead);
    const near = nearest(
      line.name,
      table.all.map((known) => known.name),
    ).map((known) => `%${known}`);
    const meant = near.length === 0 ? '' : `did you mean ${near.join(' or ')}? `;
    throw new MagicProblem(`unknown magic ${name}`, `${meant}%lsmagic lists them all`);
  }
  if (!magic.forms.includes(line.form)) {
    const other = line.form === 'cell' ? 'line' : 'cell';
    const hint = `write ${written(magic.name, other)}`;
    throw new MagicProblem(`${name} is no magic of a ${line.form}`, hint);
  }
  if (line.inBlock) {
    const show = `${name} ... --show`;
    throw new MagicProblem(
      `${name} stands in a block`,
      `Magics stand outside of brackets; in a block, write what ${show} prints`,
    );
  }
  if (line.misplaced) {
    throw new MagicProblem(`${name} must be the first line of its cell`);
  }
  return magic;
}

function help(magic: Magic, line: LocatedMagic): Code {
  return statementOf(
    { kind: 'expression', code: call('magicHelp', magic.name), shows: true },
    line,
  );
}

function statementOf(
  expanded: Exclude<Expanded, { readonly kind: 'around' }>,
  { last }: LocatedMagic,
): Code {
  switch (expanded.kind) {
    case 'statement':
      return join([expanded.code, ';']);
    case 'expression': {
      const { code, shows } = expanded;
      return join([shows && !last ? call('display', code) : code, ';']);
    }
    case 'declaration': {
      const { name, value } = expanded;
      const shown = last ? name : call('display', new Code([name]));
      return join([`const ${name} = `, value, '; ', shown, ';']);
    }
  }
}

function asksToShow({ magic, words }: LocatedMagic, code: string): boolean {
  return magic !== undefined && assign(magic, words, code).show;
}

/** Code that prints an expansion. */
function printed(expansion: Code, source: string): Code {
  return padded(new Code([`console.log(${quote(expansion.toString().trimEnd())});`]), source);
}

/** Gives an expansion as many lines as the source it stands for. */
function padded(expansion: Code, source: string): Code {
  const lacking = newlines(source) - newlines(expansion.toString());
  return lacking > 0 ? join([expansion, '\n'.repeat(lacking)]) : expansion;
}

/** The same for what is made of the rest of the cell, which stays on its lines. */
function paddedAround(around: (rest: Code) => Code, rest: Code, source: string): Code {
  const expansion = around(rest);
  const lacking = newlines(`${source}${rest.toString()}`) - newlines(expansion.toString());
  return lacking > 0 ? around(join(['\n'.repeat(lacking), rest])) : expansion;
}

function newlines(text: string): number {
  return text.split('\n').length - 1;
}

function verbatim(code: string, start: number, end: number): Code {
  const text = code.slice(start, end);
  return text === '' && start > 0 ? new Code([]) : userCode({ text, start });
}

/** A statement that holds the user's expressions of a magic that is still being written. */
export function expressionsOnly(
  code: string,
  line: LocatedMagic,
  cursor: number | undefined,
): Code {
  const { magic } = line;
  if (!magic) return new Code([]);
  const { words } = assign(magic, line.words, code);
  const parameters = [...magic.positionals, ...magic.options].filter((p) => p.isExpression);
  const given = parameters.flatMap(({ name }) => words.get(name) ?? []);
  const isFree = (at: number): boolean =>
    line.words.every(({ start, end }) => at < start || at > end);
  const isTyped = cursor !== undefined && cursor > line.nameEnd && cursor <= line.end;
  const typed = isTyped && isFree(cursor) ? [{ text: '', start: cursor }] : [];
  const codes = [...given, ...typed].map(userCode);
  return codes.length === 0
    ? new Code([])
    : join(['void [', ...codes.flatMap((part, i) => (i === 0 ? [part] : [', ', part])), '];']);
}
