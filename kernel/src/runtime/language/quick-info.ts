import type ts from 'typescript';
import type { MimeBundle } from '../../host';
import { withoutFileNames } from './plain-names';

/**
 * Signature, type and documentation as plain text and Markdown; with a definition, all tags (`@see`,
 * ...) and that definition too.
 */
export function quickInfoBundle(info: ts.QuickInfo, definition?: string): MimeBundle {
  const signature = joinedParts(info.displayParts);
  const documentation = joinedParts(info.documentation);
  const tags = (info.tags ?? [])
    .filter(
      ({ name }) =>
        definition !== undefined || name === 'param' || name === 'returns' || name === 'deprecated',
    )
    .map(({ name, text }) => ({ name, text: joinedParts(text) }));
  return {
    'text/plain': [
      signature,
      documentation,
      tags.map(({ name, text }) => `@${name} ${text}`.trimEnd()).join('\n'),
      definition ?? '',
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
    'text/markdown': [
      fenced(signature),
      documentation,
      tags.map(({ name, text }) => `*@${name}* ${text}`.trimEnd()).join('  \n'),
      fenced(definition ?? ''),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  };
}

/** Code as a block of Markdown. The fence is longer than any run of backticks in the code. */
export function fenced(code: string): string {
  if (code === '') return '';
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}typescript\n${code}\n${fence}`;
}

export function joinedParts(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return withoutFileNames((parts ?? []).map(({ text }) => text).join(''));
}

/** Two answers as one, a line between them. */
export function joinedBundles(
  first: MimeBundle | undefined,
  second: MimeBundle | undefined,
): MimeBundle | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const both = (mime: string, line: string): string =>
    `${String(first[mime])}\n\n${line}\n\n${String(second[mime])}`;
  return {
    'text/plain': both('text/plain', '─'.repeat(20)),
    'text/markdown': both('text/markdown', '---'),
  };
}
