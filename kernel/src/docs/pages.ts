import { errorsParts } from './errors';
import { formatsParts } from './formats';
import { literatureParts } from './literature';
import { magicsParts } from './magics';
import { precisionParts } from './precision';
import { fillTemplate } from './template';

/** The pages under docs/ that are made, each with what fills the placeholders of its template. */
const PARTS = {
  'errors.md': errorsParts,
  'formats.md': formatsParts,
  'literature.md': literatureParts,
  'magics.md': magicsParts,
  'precision.md': precisionParts,
} as const;

export type PageName = keyof typeof PARTS;

export const PAGE_NAMES = Object.keys(PARTS) as readonly PageName[];

/** The page made from the text of `docs/templates/<name>`. */
export function makePage(name: PageName, template: string): string {
  const head = `<!-- Made from docs/templates/${name} by \`node scripts/docs.mjs\`. -->`;
  return `${head}\n\n${fillTemplate(template, PARTS[name]())}`;
}
