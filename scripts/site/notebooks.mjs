import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { buildDir, jupyterEnvironment, root, venvPython } from '../lib/paths.mjs';
import { run } from '../lib/process.mjs';
import { publicFolder } from './folders.mjs';
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
  const byFolder = notebooks();
  const paths = Object.entries(byFolder).flatMap(([folder, names]) =>
    names.map((name) => posix.join(folder, name)),
  );
  await convert(paths.filter((path) => !isCurrent(path)));
  for (const path of paths) {
    const page = path.replace(/ipynb$/, 'html');
    mkdirSync(dirname(join(target, page)), { recursive: true });
    const html = readFileSync(join(converted, page), 'utf8');
    writeFileSync(join(target, page), offlinePage(html, page.split('/').length));
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

/** nbconvert's page without what it fetches from elsewhere, and with a way back. */
function offlinePage(html, depth) {
  const home = '../'.repeat(depth);
  const bar =
    `<nav style="font:14px/1.5 system-ui,sans-serif;padding:10px 24px;border-bottom:1px solid #8884">` +
    `<a href="${home}index.html">Halfnote</a> › <a href="${'../'.repeat(depth - 1)}index.html">Notebooks</a></nav>`;
  return html
    .replaceAll(/<script src="https:[^"]*"><\/script>/g, '')
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
  const [title, first = ''] = [cells[0].source].flat().join('').split(/\n\s*\n/);
  const text = title.replace(/^#+ /, '');
  const sentence = /^[^]*?[.:?!](?=\s|$)/.exec(first)?.[0] ?? first;
  const isExecuted = cells.some(({ outputs }) => outputs?.length > 0);
  const note = isExecuted ? '' : ' (kept without outputs)';
  const about = `${sentence}${note}`.replaceAll('\n', ' ').replaceAll('|', '\\|');
  return `| <a href="./${path.replace(/ipynb$/, 'html')}" target="_self">${text}</a> | ${about} |`;
}
