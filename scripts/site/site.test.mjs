import { describe, expect, it } from 'vitest';
import { siteLink } from './links.mjs';
import { pageGroups, sourcePages, titleOf } from './pages.mjs';
import { homePage } from './stage.mjs';

const pages = new Set(['README.md', 'docs/magics.md', 'notebooks/course/README.md']);
const linkFrom = (file) => (href) => siteLink(href, file, pages);

describe('a link of a page', () => {
  it.each([
    ['../README.md', '/index.md'],
    ['magics.md#compare', '/docs/magics.md#compare'],
    ['../notebooks/course/README.md', '/notebooks/course/index.md'],
    ['../notebooks/training', '/notebooks/index.md#training'],
    ['https://example.org/a', 'https://example.org/a'],
    ['#here', '#here'],
    // So that the build complains.
    ['nowhere.md', 'nowhere.md'],
  ])('%s leads to %s', (href, to) => {
    expect(linkFrom('docs/cli.md')(href)).toEqual({ href: to });
  });

  it.each([
    ['../LICENSE', '/LICENSE.txt'],
    ['../notebooks/training/fp8.ipynb', '/notebooks/training/fp8.html'],
  ])('%s leads to the file %s', (href, to) => {
    expect(linkFrom('docs/cli.md')(href)).toEqual({ href: to, isPlain: true });
  });

  it('is text where the repository has the file and the site has not', () => {
    expect(linkFrom('docs/cli.md')('../kernel/src/index.ts')).toBeUndefined();
  });
});

it('the navigation has each page once', () => {
  const files = sourcePages().map(({ file }) => file);
  expect(new Set(files).size).toBe(files.length);
  expect(files).toContain('docs/magics.md');
  for (const { pages: group } of pageGroups())
    for (const { text } of group) expect(text).not.toBe('Untitled');
});

it('a page is called by its first heading', () => {
  expect(titleOf('<!-- made -->\n\n# The command `halfnote`\n\n# Second')).toBe(
    'The command halfnote',
  );
});

it('the home page begins with README’s title and first paragraph', () => {
  const page = homePage('# Name\n\nWhat **it** is.\n\nThe rest.\n');
  const [, frontMatter, rest] = /^---\n([^]*)\n---\n\n([^]*)$/.exec(page);
  expect(JSON.parse(frontMatter).hero).toMatchObject({ name: 'Name', tagline: 'What it is.' });
  expect(rest).toBe('The rest.\n');
  expect(() => homePage('No title.')).toThrow('README.md');
});
