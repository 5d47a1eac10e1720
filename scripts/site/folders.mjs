import { join } from 'node:path';
import { buildDir, root } from '../lib/paths.mjs';

/** The packages and the configuration that make the site. */
export const siteFolder = join(root, 'docs/site');
/** The pages as VitePress is given them. */
export const pagesFolder = join(buildDir, 'site-pages');
/** What is passed on as it is. */
export const publicFolder = join(pagesFolder, 'public');
/** The site. */
export const outFolder = join(buildDir, 'site');
