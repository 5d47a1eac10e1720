import { titleOf } from '../magics/language/declare';
import { helpMarkdown } from '../magics/language/help';
import { MAGICS } from '../magics/table';

/** What fills `docs/templates/magics.md`: the help of every magic, by topic. */
export function magicsParts() {
  const parts = MAGICS.byTopic().flatMap(({ topic, magics }) => [
    `## ${titleOf(topic)}`,
    ...magics.map((magic) => helpMarkdown(magic, '###')),
  ]);
  return { magics: parts.join('\n\n') } as const;
}
