import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { buildDir, jupyterEnvironment, root, venvPython } from '../lib/paths.mjs';
import { run } from '../lib/process.mjs';
import { publicFolder, siteFolder } from './folders.mjs';
import { siteLink } from './links.mjs';
import { sourcePages } from './pages.mjs';
import { writePage } from './stage.mjs';

const source = join(root, 'notebooks');
/** As nbconvert writes them, kept from build to build. */
const converted = join(buildDir, 'site-notebooks');
const target = join(publicFolder, 'notebooks');

/** The folders of notebooks, from first to last. */
const SECTIONS = {
  '': 'First',
  training: 'Training',
  quantization: 'Quantization',
  energy: 'Energy',
  reports: 'Reports',
  research: 'Research',
};

/** Our notebooks, by folder. @returns {Record<string, string[]>} names */
function notebooks() {
  const found = Object.keys(SECTIONS).map((folder) => [
    folder,
    readdirSync(join(source, folder)).filter((name) => name.endsWith('.ipynb')),
  ]);
  return Object.fromEntries(found);
}

/** Writes each notebook with its outputs as a page, and one that lists them. Needs the `.venv` of a set-up. */
export async function writeNotebooks() {
  // Here, for it may just have been installed.
  const katex = createRequire(join(siteFolder, 'package.json'))('katex');
  const pages = new Set(sourcePages().map(({ file }) => file));
  const byFolder = notebooks();
  const paths = Object.entries(byFolder).flatMap(([folder, names]) =>
    names.map((name) => posix.join(folder, name)),
  );
  await convert(paths.filter((path) => !isCurrent(path)));
  for (const path of paths) {
    const page = path.replace(/ipynb$/, 'html');
    mkdirSync(dirname(join(target, page)), { recursive: true });
    const html = withFormulas(readFileSync(join(converted, page), 'utf8'), path, katex);
    const linked = withLinks(html, path, pages);
    writeFileSync(join(target, page), offlinePage(linked, page.split('/').length));
  }
  writePage('notebooks/index.md', listPage(byFolder));
}

async function convert(paths) {
  if (paths.length === 0) return;
  const script = join(import.meta.dirname, 'convert_notebooks.py');
  await run(venvPython, [script, source, converted, ...paths], { env: jupyterEnvironment() });
}

/** Whether a notebook's page is newer than the notebook and what makes it. */
function isCurrent(path) {
  const page = join(converted, path.replace(/ipynb$/, 'html'));
  if (!existsSync(page)) return false;
  const { mtimeMs } = statSync(page);
  const sources = [join(source, path), join(root, 'extension/halfnote_lab/nbconvert.py')];
  return sources.every((file) => statSync(file).mtimeMs < mtimeMs);
}

/** The formulas of a notebook's page as MathML, which browsers draw without a script. */
function withFormulas(html, path, katex) {
  const { cells } = JSON.parse(readFileSync(join(source, path), 'utf8'));
  const texts = cells
    .filter(({ cell_type: type }) => type === 'markdown')
    .map(({ source: lines }) =>
      [lines]
        .flat()
        .join('')
        .replaceAll(/```[^]*?```|`[^`\n]*`/g, ''),
    );
  const found = texts.flatMap((text) => [...text.matchAll(/(\${1,2})([^$]+)\1/g)]);
  const formulas = new Map(found.map((match) => [match[0], match]));
  return [...formulas.values()].reduce((page, [whole, dollars, tex]) => {
    const escaped = whole.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    if (!page.includes(escaped))
      throw new Error(`${path}: the formula ${whole} is not in its page.`);
    const options = { output: 'mathml', displayMode: dollars === '$$' };
    return page.replaceAll(escaped, () => katex.renderToString(tex, options));
  }, html);
}

/** A notebook's page with its links to other notebooks and pages as the site has them. */
function withLinks(html, path, pages) {
  const from = posix.dirname(`/notebooks/${path}`);
  return html.replaceAll(/ href="([^"#][^"]*)"/g, (whole, href) => {
    const link = siteLink(href, `notebooks/${path}`, pages);
    if (link === undefined) return '';
    if (!link.href.startsWith('/')) return whole;
    const [file, anchor] = link.href.split('#');
    const hash = anchor === undefined ? '' : `#${anchor}`;
    return ` href="${posix.relative(from, file.replace(/\.md$/, '.html'))}${hash}"`;
  });
}

/** nbconvert's page without what it fetches from elsewhere, and with a way back. */
function offlinePage(html, depth) {
  const home = '../'.repeat(depth);
  const bar =
    `<nav style="font:14px/1.5 system-ui,sans-serif;padding:10px 24px;border-bottom:1px solid #8884">` +
    `<a href="${home}index.html">Halfnote</a> › <a href="${'../'.repeat(depth - 1)}index.html">Notebooks</a></nav>`;
  return html
    .replaceAll(/<script\b[^>]*\bsrc="https?:[^>]*>\s*<\/script>/g, '')
    .replace('</head>', `<link rel="icon" type="image/svg+xml" href="${home}logo.svg">\n</head>`)
    .replace(/<body\b[^>]*>/, (body) => body + bar);
}

function listPage(byFolder) {
  const sections = Object.entries(byFolder).map(([folder, names]) => {
    const rows = names.map((name) => rowOf(folder, name));
    return [`## ${SECTIONS[folder]}`, '| notebook | about |\n|---|---|', rows.join('\n')];
  });
  return `# Notebooks

Each as it was executed and is kept in the repository, with its outputs; a cell without any was not. \`npm start\` opens
them in JupyterLab.

${sections.map(([head, table, rows]) => `${head}\n\n${table}\n${rows}`).join('\n\n')}
`;
}

function rowOf(folder, name) {
  const path = folder === '' ? name : `${folder}/${name}`;
  const { cells } = JSON.parse(readFileSync(join(source, path), 'utf8'));
  const [title, first = ''] = [cells[0].source]
    .flat()
    .join('')
    .split(/\n\s*\n/);
  const text = title.replace(/^#+ /, '');
  const sentence = /^[^]*?[.:?!](?=\s|$)/.exec(first)?.[0] ?? first;
  const isExecuted = cells.some(({ outputs }) => outputs?.length > 0);
  const note = isExecuted ? '' : ' (kept without outputs)';
  const about = `${sentence}${note}`.replaceAll('\n', ' ').replaceAll('|', '\\|');
  return `| <a href="./${path.replace(/ipynb$/, 'html')}" target="_self">${text}</a> | ${about} |`;
}
