/** Which pages the site has, in the order of its navigation. A page stays where the repository has it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';

/**
 * @typedef {object} Page
 * @property {string} file in the repository
 * @property {string} path in the site's pages
 * @property {string} text in the navigation
 */

/** A page without a text of its own goes by its first heading. */
const GROUPS = [
  {
    text: 'Start',
    pages: [
      { file: 'README.md', text: 'What it is' },
      { file: 'docs/install.md', text: 'Install' },
      { file: 'docs/channels.md', text: 'Docker, Binder, conda' },
      { file: 'docs/gpu.md' },
    ],
  },
  {
    text: 'Use',
    pages: [
      { file: 'docs/magics.md' },
      { file: 'docs/views.md', text: 'Views' },
      { file: 'docs/library.md', text: 'Library' },
      { file: 'docs/cli.md', text: 'Command line' },
    ],
  },
  {
    text: 'How it works',
    pages: [
      { file: 'docs/formats.md' },
      { file: 'docs/precision.md', text: 'Precision' },
      { file: 'docs/steps.md' },
      { file: 'docs/errors.md', text: 'Errors' },
    ],
  },
  {
    text: 'Evidence',
    pages: [
      { file: 'docs/verdicts.md', text: 'Verdicts' },
      { file: 'docs/literature.md', text: 'Literature' },
      { file: 'notebooks/research/README.md', text: 'Studies' },
    ],
  },
  {
    text: 'Teach',
    pages: [
      { file: 'notebooks/course/README.md', text: 'The course' },
      { file: 'notebooks/course/assignments/README.md', text: 'Writing assignments' },
    ],
  },
  {
    text: 'Project',
    pages: [{ file: 'CHANGELOG.md' }, { file: 'CONTRIBUTING.md' }],
  },
];

/** Where pages of `docs/` stand that no group names. */
const REST = 'Use';

/** The groups of the navigation with their pages. @returns {{text: string, pages: Page[]}[]} */
export function pageGroups() {
  const named = new Set(GROUPS.flatMap(({ pages }) => pages.map(({ file }) => file)));
  const rest = readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md') && !named.has(`docs/${name}`))
    .map((name) => ({ file: `docs/${name}` }));
  return GROUPS.map(({ text, pages }) => ({
    text,
    pages: [...pages, ...(text === REST ? rest : [])].map((page) => ({
      text: titleOf(readFileSync(join(root, page.file), 'utf8')),
      path: page.file.replace(/README\.md$/, 'index.md'),
      ...page,
    })),
  }));
}

/** All pages that the repository has. @returns {Page[]} */
export const sourcePages = () => pageGroups().flatMap(({ pages }) => pages);

/** The first heading of a page. */
export function titleOf(text) {
  return /^# (.+)$/m.exec(text)?.[1].replaceAll(/[`*]/g, '') ?? 'Untitled';
}
