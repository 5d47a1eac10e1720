import { type Code, join } from '../language/code';
import { MagicProblem } from '../language/problem';
import { Scanner, type Token } from '../../magic-lines/tokens';

/**
 * The cell as a function that may be called many times, over all of its lines; asynchronous when it awaits.
 * What it declares stays in it.
 * @param empty What is wrong with a cell without code. @param instead What else one may write.
 */
export function functionOfCell(cell: Code, empty: string, instead?: string): Code {
  const text = cell.toString();
  const scanner = new Scanner(text);
  const tokens = [...tokensOf(scanner)];
  const code = tokens.filter(({ kind }) => kind !== 'comment');
  if (code.length === 0) {
    const hint = `write it on the lines below${instead === undefined ? '' : `, or ${instead}`}`;
    throw new MagicProblem(empty, hint, undefined, true);
  }
  if (scanner.open) {
    throw new MagicProblem(
      `"${scanner.open.text}" in the cell is never closed`,
      undefined,
      undefined,
      true,
    );
  }
  const last = tokens.at(-1);
  const endsInComment = last?.text.startsWith('//') === true && last.end === text.length;
  return join([`${functionHead(code)}{`, endsInComment ? cell.head(last.start) : cell, '}']);
}

/** `() => `, asynchronous where an `await` is among the tokens. */
export function functionHead(tokens: readonly Token[]): string {
  const waits = tokens.some(({ kind, text }) => kind === 'keyword' && text === 'await');
  return waits ? 'async () => ' : '() => ';
}

function* tokensOf(scanner: Scanner): Generator<Token> {
  for (;;) {
    scanner.skipSpace();
    const token = scanner.next();
    if (!token) return;
    yield token;
  }
}
