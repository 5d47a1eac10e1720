import { join } from 'node:path';
import { errorsParts } from './errors';
import { formatsParts } from './formats';
import { literatureParts } from './literature';
import { magicsParts } from './magics';
import { precisionParts } from './precision';
import { fillTemplate, withSection } from './template';
import { readVerdictColumns } from './verdict-columns';
import { readmeVerdicts, verdictsParts } from './verdicts';

const RESEARCH = join(__dirname, '../../../notebooks/research');

/** The pages under docs/ that are made, each with what fills the placeholders of its template. */
const PARTS = {
  'errors.md': errorsParts,
  'formats.md': formatsParts,
  'literature.md': literatureParts,
  'magics.md': magicsParts,
  'precision.md': precisionParts,
  'verdicts.md': () => verdictsParts(readVerdictColumns(RESEARCH)),
} as const;

export type PageName = keyof typeof PARTS;

export const PAGE_NAMES = Object.keys(PARTS) as readonly PageName[];

/** The page made from the text of `docs/templates/<name>`. */
export function makePage(name: PageName, template: string): string {
  const head = `<!-- Made from docs/templates/${name} by \`node scripts/docs.mjs\`. -->`;
  return `${head}\n\n${fillTemplate(template, PARTS[name]())}`;
}

/** README.md with its table of verdicts as the runs have it. */
export function makeReadme(readme: string): string {
  const section = readmeVerdicts(readVerdictColumns(RESEARCH), 'docs/verdicts.md');
  return withSection(readme, 'verdicts', section);
}
