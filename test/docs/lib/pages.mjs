import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';
import { sourcePages } from '../../../scripts/site/pages.mjs';

/**
 * @typedef {object} Block a fenced block of code
 * @property {string} at page and line of its first line of code
 * @property {string} page from the repository's root
 * @property {number} line
 * @property {string} language
 * @property {string} code
 */

/** All pages of the repository that the site has, with their texts. The history speaks of what was. */
export const pages = sourcePages()
  .map(({ file }) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
  .filter(({ file }) => file !== 'CHANGELOG.md');

/** @returns {Block[]} the blocks of these languages */
export function blocksOf(languages) {
  return pages.flatMap(({ file, text }) =>
    [...text.matchAll(/^( *)```(\w+)\n([^]*?)^\1```$/gm)]
      .filter(([, , language]) => languages.includes(language))
      .map(({ 2: language, 3: code, index }) => {
        const line = text.slice(0, index).split('\n').length + 1;
        return { at: `${file}:${line}`, page: file, line, language, code };
      }),
  );
}

/** Code within the text of pages, as it was meant in tables too. @returns {{at: string, code: string}[]} */
export function inlineCode() {
  return pages.flatMap(({ file, text }) => {
    const prose = text.replaceAll(/^( *)```[^]*?^\1```$/gm, (block) =>
      block.replaceAll(/[^\n]/g, ''),
    );
    return [...prose.matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(({ 1: code, index }) => ({
      at: `${file}:${prose.slice(0, index).split('\n').length}`,
      code: code.replaceAll('\\|', '|'),
    }));
  });
}
