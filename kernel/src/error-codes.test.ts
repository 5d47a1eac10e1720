import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { ERROR_CODES } from './error-codes';

const CODES = Object.keys(ERROR_CODES);

/** The sources below a folder, tests left out. */
function sources(folder: string, isSource: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => isSource.test(file) && !/\.(test|fixture)\.ts$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
}

const SOURCES = sources(__dirname, /\.ts$/);

/** The literals that an expression can be. */
function literals(node: ts.Expression | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isStringLiteral(node)) return [node.text];
  if (ts.isConditionalExpression(node)) {
    return [...literals(node.whenTrue), ...literals(node.whenFalse)];
  }
  return [];
}

/** A code, among the other things that a property `code` may hold. */
const KEBAB = /^[a-z\d]+(-[a-z\d]+)+$/;

/**
 * The codes that a source makes errors with: in so many words, by helpers that take one or an object with
 * one, by `fromTable`.
 */
function codesIn(source: string): string[] {
  const found: string[] = [];
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.ESNext);
  const makers = new Set(
    file.statements
      .filter((statement) => ts.isFunctionDeclaration(statement))
      .filter(({ parameters: [first] }) => first?.type?.getText(file) === 'ErrorCode')
      .map(({ name }) => name?.text ?? ''),
  ).add('HalfnoteError');
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
      const [first, , third] = node.arguments ?? [];
      const callee = node.expression.getText(file);
      if (makers.has(callee)) found.push(...literals(first));
      if (callee === 'fromTable') {
        const what = literals(third).map((words) => words.toLowerCase().replaceAll(' ', '-'));
        found.push(...what.map((words) => `unknown-${words}`));
      }
    }
    if (ts.isPropertyAssignment(node) && node.name.getText(file) === 'code')
      found.push(...literals(node.initializer).filter((code) => KEBAB.test(code)));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

it('the codes that are listed are those that errors have, in alphabetical order', () => {
  const python = sources(join(__dirname, '../python'), /\.py$/).flatMap((source) =>
    [...source.matchAll(/(?:Refused\(\s*|"code": )"([\w-]+)"/g)].map(([, code = '']) => code),
  );
  const makers = SOURCES.filter((source) => /HalfnoteError|fromTable/.test(source));
  const thrown = new Set([...makers.flatMap(codesIn), ...python]);
  expect(CODES).toEqual([...thrown].sort());
});

it('what is documented to be thrown is listed', () => {
  const documented = SOURCES.flatMap((source) => source.match(/\/\*\*.*?\*\//gs) ?? []).flatMap(
    (comment) =>
      [...comment.matchAll(/@throws HalfnoteError([^@]*)|Throws (`[^@]*)/g)].flatMap(
        ([, a = '', b = '']) => `${a}${b}`.match(/(?<=`)[a-z]+(?:-[a-z0-9]+)+(?=`)/g) ?? [],
      ),
  );
  expect(documented.length).toBeGreaterThan(100);
  expect([...new Set(documented)].filter((code) => !CODES.includes(code))).toEqual([]);
});

it('a code is told in one line of a table', () => {
  for (const [code, told] of Object.entries(ERROR_CODES)) {
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(told).toMatch(/^[^|\n]+\.$/);
  }
});
