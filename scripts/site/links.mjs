import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { root } from '../lib/paths.mjs';

/** Files that pages link to, and what the site has of each. */
export const FILES = {
  LICENSE: 'LICENSE.txt',
  NOTICE: 'NOTICE.txt',
  'docs/report.schema.json': 'docs/report.schema.json',
};

/**
 * What a link of a page in the repository becomes in the site.
 * @param {string} href as it stands in the page
 * @param {string} file the page, from the repository's root
 * @param {ReadonlySet<string>} pages the files that are pages
 * @returns {{href: string, isPlain?: boolean} | undefined} `isPlain`: a file that VitePress doesn't route to;
 *   undefined for what the repository has and the site hasn't
 */
export function siteLink(href, file, pages) {
  if (/^(?:[a-z][a-z\d+.-]*:|#|\/)/i.test(href)) return { href };
  const [path, anchor] = href.split('#');
  const target = posix.join(posix.dirname(file), decodeURI(path)).replace(/\/$/, '');
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (pages.has(target)) return { href: `/${target.replace(/README\.md$/, 'index.md')}${hash}` };
  const name = FILES[target];
  if (name !== undefined) return { href: `/${name}`, isPlain: true };
  if (/^notebooks\/.*\.ipynb$/.test(target))
    return { href: `/${target.replace(/ipynb$/, 'html')}`, isPlain: true };
  if (/^notebooks\/[\w-]+$/.test(target))
    return { href: `/notebooks/index.md#${posix.basename(target)}` };
  // What isn't there is left as it is, so that the build finds it.
  return existsSync(join(root, target)) ? undefined : { href };
}

/** Makes a markdown-it read the repository's links as the site's. */
export function withSiteLinks(md, pages, base) {
  md.core.ruler.push('site-links', ({ env, tokens }) => {
    const file = (env.relativePath ?? '').replace(/(^|\/)index\.md$/, '$1README.md');
    if (!pages.has(file)) return;
    for (const token of tokens) mapLinks(token.children ?? [], file, pages, base);
  });
}

function mapLinks(tokens, file, pages, base) {
  let isDropped = false;
  for (const token of tokens) {
    if (token.type === 'link_close' && isDropped) {
      token.type = 'text';
      isDropped = false;
    }
    if (token.type !== 'link_open') continue;
    const link = siteLink(token.attrGet('href'), file, pages);
    if (link === undefined) {
      token.type = 'text';
      isDropped = true;
      continue;
    }
    token.attrSet('href', link.isPlain ? base + link.href.slice(1) : link.href);
    if (link.isPlain) token.attrSet('target', '_self');
  }
}
