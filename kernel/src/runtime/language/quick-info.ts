import type ts from 'typescript';
import type { MimeBundle } from '../../host';

/** Signature, type and documentation as plain text and Markdown; detail 1 adds the tags (`@param`, ...). */
export function quickInfoBundle(info: ts.QuickInfo, detail: 0 | 1): MimeBundle {
  const signature = join(info.displayParts);
  const documentation = join(info.documentation);
  const tags = (info.tags ?? [])
    .filter(
      ({ name }) => detail === 1 || name === 'param' || name === 'returns' || name === 'deprecated',
    )
    .map(({ name, text }) => ({ name, text: join(text) }));
  return {
    'text/plain': [
      signature,
      documentation,
      tags.map(({ name, text }) => `@${name} ${text}`.trimEnd()).join('\n'),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
    'text/markdown': [
      `\`\`\`typescript\n${signature}\n\`\`\``,
      documentation,
      tags.map(({ name, text }) => `*@${name}* ${text}`.trimEnd()).join('  \n'),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  };
}

function join(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return (parts ?? []).map(({ text }) => text).join('');
}
