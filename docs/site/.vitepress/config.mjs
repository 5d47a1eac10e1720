import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';
import { outFolder, pagesFolder } from '../../../scripts/site/folders.mjs';
import { withSiteLinks } from '../../../scripts/site/links.mjs';
import { pageGroups, sourcePages } from '../../../scripts/site/pages.mjs';

const base = process.env.HALFNOTE_DOCS_BASE ?? '/';
const pages = new Set(sourcePages().map(({ file }) => file));
const linkOf = (path) => `/${path.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '.html')}`;

const guide = pageGroups().map(({ text, pages }) => ({
  text,
  items: pages.map((page) => ({ text: page.text, link: linkOf(page.path) })),
}));
const api = readdirSync(join(pagesFolder, 'api'))
  .filter((name) => name !== 'index.md')
  .sort()
  .map((name) => ({ text: name.replace('.md', ''), link: linkOf(`api/${name}`) }));
const sidebar = [
  ...guide,
  { text: 'Notebooks', items: [{ text: 'All notebooks', link: '/notebooks/' }] },
  { text: 'API', items: [{ text: 'Overview', link: '/api/' }, ...api] },
];

/**
 * The words of a text, as MiniSearch takes them, and names with hyphens as a whole: codes of errors, options. VitePress
 * hands its text to the browser, so it stands by itself.
 */
function tokenize(text) {
  const names = text.match(/[\p{L}\d]+(?:-[\p{L}\d]+)+/gu) ?? [];
  return [...text.split(/[\n\r\p{Z}\p{P}]+/u), ...names];
}

export default defineConfig({
  base,
  title: 'Halfnote',
  description: 'A Jupyter kernel for TypeScript that measures what numbers cost',
  srcDir: pagesFolder,
  outDir: outFolder,
  cacheDir: join(pagesFolder, '.cache'),
  metaChunk: true,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}logo.svg` }]],
  markdown: {
    anchor: { slugify: (text) => slug(text) },
    config: (md) => withSiteLinks(md, pages, base),
  },
  themeConfig: {
    logo: '/logo.svg',
    nav: [
      { text: 'Install', link: '/docs/install.html' },
      { text: 'Magics', link: '/docs/magics.html' },
      { text: 'Library', link: '/docs/library.html' },
      { text: 'Notebooks', link: '/notebooks/' },
      { text: 'Verdicts', link: '/docs/verdicts.html' },
      { text: 'API', link: '/api/' },
    ],
    sidebar,
    outline: [2, 3],
    search: { provider: 'local', options: { miniSearch: { options: { tokenize } } } },
  },
});
