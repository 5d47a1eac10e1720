#!/usr/bin/env node
/**
 * Whether outputs read well where nobody trusts them: `untrusted.mjs FILE`, a JSON list of `{name, data}`,
 * `data` by MIME type. Their HTML goes through the sanitizer of JupyterLab itself and through a list like
 * GitHub's; after that, no texts may have run together, and no figure of the text may be missing. Prints
 * what is wrong, a line each, then how many outputs were looked at.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';

const { Sanitizer } = await import('@jupyterlab/apputils/lib/sanitizer.js');
// JupyterLab's own, and what that parses with.
const ofLab = createRequire(join(root, 'node_modules/@jupyterlab/apputils/package.json'));
const sanitizeHtml = ofLab('sanitize-html');
const { Parser } = createRequire(ofLab.resolve('sanitize-html'))('htmlparser2');

const lab = new Sanitizer();
/** GitHub's allowlist as html-pipeline has it: no style, no pictures but those of a server. */
const GITHUB = {
  allowedTags:
    `h1 h2 h3 h4 h5 h6 br b i strong em a pre code img tt div ins del sup sub p ol ul table thead tbody tfoot
    blockquote dl dt dd kbd q samp var hr li tr td th s strike summary details caption figure figcaption abbr
    cite dfn mark small span time wbr`.split(/\s+/),
  allowedAttributes: {
    '*': ['align', 'alt', 'title', 'width', 'height', 'colspan', 'rowspan', 'scope', 'aria-label'],
    a: ['href'],
    img: ['src'],
  },
  allowedSchemes: ['http', 'https', 'mailto'],
};
const SANITIZERS = {
  JupyterLab: (html) => lab.sanitize(html),
  GitHub: (html) => sanitizeHtml(html, GITHUB),
};

const BLOCKS = new Set(
  `address article aside blockquote br caption dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr img
  li ol p pre progress section summary table tbody td tfoot th thead tr ul`.split(/\s+/),
);
/** What no browser shows. */
const UNSEEN = new Set(['style', 'script', 'title', 'desc']);

/** The texts of HTML as one sees them: those of a block one after the other. */
function blocksOf(html) {
  const blocks = [[]];
  let unseen = 0;
  let latest;
  const parser = new Parser({
    onopentag(name, { alt }) {
      if (UNSEEN.has(name)) unseen += 1;
      if (BLOCKS.has(name)) blocks.push([]);
      if (alt) blocks.push([alt], []);
      latest = undefined;
    },
    ontext(text) {
      if (unseen > 0) return;
      // A parser may hand over one text in parts.
      if (latest === undefined) blocks.at(-1).push(text);
      else blocks.at(-1)[blocks.at(-1).length - 1] += text;
      latest = text;
    },
    onclosetag(name) {
      if (UNSEEN.has(name)) unseen -= 1;
      if (BLOCKS.has(name)) blocks.push([]);
      latest = undefined;
    },
  });
  parser.end(html);
  return blocks.filter((texts) => texts.length > 0);
}

/** Texts that have become one, and neighbors without a blank between them. */
function runOns(html, sanitized) {
  const whole = new Set(blocksOf(html).flat());
  const found = [];
  for (const texts of blocksOf(sanitized)) {
    found.push(...texts.filter((text) => text.trim() !== '' && !whole.has(text)));
    for (const [index, text] of texts.slice(1).entries())
      if (/[\p{L}\p{N}]$/u.test(texts[index]) && /^[\p{L}\p{N}]/u.test(text))
        found.push(`${texts[index]}${text}`);
  }
  return found;
}

const figures = (text) => text.match(/\d+(?:[.,]\d+)*/g) ?? [];

const outputs = JSON.parse(readFileSync(process.argv[2], 'utf8'));
let seen = 0;
for (const { name, data } of outputs) {
  const html = data['text/html'];
  if (html === undefined) continue;
  seen += 1;
  for (const [who, sanitize] of Object.entries(SANITIZERS)) {
    const sanitized = sanitize(html);
    for (const text of runOns(html, sanitized))
      console.log(`${name}: after ${who}'s sanitizer, texts run together: ${text.slice(0, 200)}`);
    const left = new Set(blocksOf(sanitized).flatMap((texts) => figures(texts.join(''))));
    const lost = new Set(figures(data['text/plain'] ?? '').filter((figure) => !left.has(figure)));
    if (lost.size > 0)
      console.log(`${name}: after ${who}'s sanitizer, figures are lost: ${[...lost].join(' ')}`);
  }
}
console.log(`${seen} outputs`);
