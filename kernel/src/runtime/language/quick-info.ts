import type ts from 'typescript';
import type { MimeBundle } from '../../host';
import { withoutFileNames } from './plain-names';

/**
 * Signature, type and documentation as plain text and Markdown; with a definition, all tags (`@see`,
 * ...) and that definition too.
 */
export function quickInfoBundle(info: ts.QuickInfo, definition?: string): MimeBundle {
  const signature = join(info.displayParts);
  const documentation = join(info.documentation);
  const tags = (info.tags ?? [])
    .filter(
      ({ name }) =>
        definition !== undefined || name === 'param' || name === 'returns' || name === 'deprecated',
    )
    .map(({ name, text }) => ({ name, text: join(text) }));
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

/** The fence is longer than any run of backticks in the code. */
function fenced(code: string): string {
  if (code === '') return '';
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}typescript\n${code}\n${fence}`;
}

function join(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return withoutFileNames((parts ?? []).map(({ text }) => text).join(''));
}
