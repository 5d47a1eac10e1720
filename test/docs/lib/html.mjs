import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { filesBelow } from '../../../scripts/packages/files.mjs';
import { siteFolder } from '../../../scripts/site/folders.mjs';

/**
 * @typedef {object} SitePage
 * @property {string} path from the site's root, with `/`
 * @property {ReadonlySet<string>} ids
 * @property {readonly string[]} links what it links to and loads
 * @property {readonly string[]} menu what its navigation links to
 */

/** Reads all pages of a built site. @returns {SitePage[]} */
export function sitePages(site) {
  const require = createRequire(join(siteFolder, 'package.json'));
  const { Parser } = require('htmlparser2');
  return filesBelow(site)
    .filter((file) => file.endsWith('.html'))
    .map((file) => {
      const path = relative(site, file).replaceAll('\\', '/');
      return { path, ...read(Parser, readFileSync(file, 'utf8')) };
    });
}

function read(Parser, html) {
  const page = { ids: new Set(), links: [], menu: [] };
  let depth = 0;
  let asideAt;
  const parser = new Parser({
    onopentag(name, attributes) {
      depth++;
      if (attributes.id) page.ids.add(attributes.id);
      if (name === 'aside' && attributes.class?.includes('VPSidebar')) asideAt = depth;
      // A picture's own marks are referred to within it, by `xlink:href` too.
      const link = attributes.href ?? attributes.src ?? attributes['xlink:href'];
      if (link !== undefined && !link.startsWith('data:')) page.links.push(link);
      if (asideAt !== undefined && name === 'a') page.menu.push(link);
    },
    onclosetag() {
      if (depth === asideAt) asideAt = undefined;
      depth--;
    },
  });
  parser.end(html);
  return page;
}

/**
 * What is wrong with the links of a site: files and anchors that aren't there, addresses of no shape, and what pages
 * load from elsewhere.
 * @param {readonly SitePage[]} pages
 * @param {(path: string) => boolean} exists of a file by its path from the site's root
 */
export function brokenLinks(pages, exists) {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  let [internal, external] = [0, 0];
  const wrong = [];
  for (const { path, links } of pages) {
    for (const link of links) {
      if (/^mailto:[^@]+@[^@]+$/.test(link)) continue;
      const url = URL.canParse(link, `site:///${path}`)
        ? new URL(link, `site:///${path}`)
        : undefined;
      if (url?.protocol !== 'site:') {
        external++;
        if (
          (url?.protocol !== 'https:' && url?.protocol !== 'http:') ||
          !url.hostname.includes('.')
        )
          wrong.push(`${path}: ${link} is no address`);
        continue;
      }
      internal++;
      const target = decodeURI(url.pathname.slice(1)).replace(/(^|\/)$/, '$1index.html');
      if (!exists(target)) wrong.push(`${path}: ${link}: there is no ${target}`);
      // As a browser looks for it: as it stands, then decoded.
      const anchors = [url.hash.slice(1), link.split('#')[1] ?? '', decoded(url.hash.slice(1))];
      const page = byPath.get(target);
      if (url.hash !== '' && page && !anchors.some((anchor) => page.ids.has(anchor)))
        wrong.push(`${path}: ${link}: ${target} has no ${url.hash}`);
    }
  }
  return { internal, external, wrong };
}

/** Text with its percent signs resolved; as it is where they mean none. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
