import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { pagesFolder, publicFolder } from './folders.mjs';
import { FILES } from './links.mjs';
import { sourcePages } from './pages.mjs';

/** Puts the repository's pages, their pictures and the files that they link to where VitePress takes them. */
export function stagePages() {
  rmSync(pagesFolder, { recursive: true, force: true });
  for (const { file, path } of sourcePages()) {
    const text = readFileSync(join(root, file), 'utf8');
    writePage(path, file === 'README.md' ? homePage(text) : text);
  }
  cpSync(join(root, 'docs/images'), join(pagesFolder, 'docs/images'), { recursive: true });
  const { LOGO } = createRequire(import.meta.url)('../../kernel/dist/cli/kernelspec.js');
  writePage('public/logo.svg', LOGO);
  for (const [file, name] of Object.entries(FILES)) {
    const target = join(publicFolder, name);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(root, file), target);
  }
}

/** Writes a page of the site by its path among the pages. */
export function writePage(path, text) {
  const target = join(pagesFolder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

/** README with its title and first paragraph as the head of the site. */
export function homePage(readme) {
  const match = /^# (.+)\n\n(.+)\n\n([^]*)$/.exec(readme);
  if (match === null)
    throw new Error('README.md: a title and a paragraph are needed at its beginning.');
  const [, name, paragraph, rest] = match;
  const frontMatter = {
    layout: 'home',
    title: name,
    hero: {
      name,
      tagline: paragraph.replaceAll('**', ''),
      actions: [
        { theme: 'brand', text: 'Install', link: '/docs/install' },
        { theme: 'alt', text: 'Magics', link: '/docs/magics' },
        { theme: 'alt', text: 'Notebooks', link: '/notebooks/' },
      ],
    },
  };
  // JSON is YAML.
  return `---\n${JSON.stringify(frontMatter, null, 2)}\n---\n\n${rest}`;
}
