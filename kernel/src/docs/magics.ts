import { titleOf } from '../magics/language/declare';
import { helpMarkdown } from '../magics/language/help';
import { MAGICS } from '../magics/table';

/** The page `docs/magics.md`, made from the table. */
export function magicsPage(): string {
  const parts = [
    '<!-- Made from kernel/src/magics by `node scripts/docs.mjs`. Change the table, not this page. -->',
    '# Magics',
    INTRODUCTION,
    ...MAGICS.byTopic().flatMap(({ topic, magics }) => [
      `## ${titleOf(topic)}`,
      ...magics.map((magic) => helpMarkdown(magic, '###')),
    ]),
    WHERE,
  ];
  return `${parts.join('\n\n')}\n`;
}

const INTRODUCTION = `A magic is a line that stands for one call of the library, so a notebook can always be rewritten
without magics. \`%name\` is one line; \`%%name\`, on the first line, is about the whole cell.

- \`%name?\` shows the help of a magic, \`%lsmagic\` lists them all, and Tab and Shift-Tab work in them.
- \`%name ... --show\` prints the TypeScript that it expands to, and runs nothing.
- Models and tensors are TypeScript expressions. They are completed and type-checked as such. One with blanks
  outside of brackets and strings needs parentheses: \`(a + b)\`.
- A magic's value is the result of its cell if it comes last, and is displayed otherwise.
- Arguments go on to the next line while a bracket is open. \`//\` begins a comment. Magics that take paths, packages
  or settings read words as a shell does instead: up to the end of the line, with quotes around blanks.`;

const WHERE = `## Where a magic may stand

A line is a magic if \`%\` or \`%%\`, directly followed by a name, is the first thing on it, at a place where a
statement may begin: not inside brackets, braces, strings, templates or comments, and not after an operator or a
condition such as \`if (x)\`.

In JavaScript a line can also begin with the modulo operator. After a line that could go on:

| line | is |
|---|---|
| \`% 3\`, \`% b\` | modulo: there is a blank after the \`%\` |
| \`%time f()\`, \`%doctor\` | a magic: the name is one |
| \`%b\`, \`%b * c\` | modulo: the name is no magic's |
| \`%precison fp16\` | an unknown magic, which is an error: this could not be modulo |

So write \`% time\` for the remainder of a division by a variable that has a magic's name, or end the line before
with the operator. After a semicolon, a block or nothing, each \`%name\` is a magic, and an unknown one is an error.

\`%%name\` lines come first in their cell, before any code. There may be several of them.`;
