import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { run } from '../lib/process.mjs';
import { course } from './environment.mjs';

export const LANGUAGES = ['en', 'zh'];
export const assignmentsFolder = join(root, 'notebooks/course/assignments');

/** The assignments by name, in their order: `1-formats`, ... */
export function assignmentNames() {
  return readdirSync(assignmentsFolder)
    .filter((file) => /^\d+-[\w-]+\.ts$/.test(file))
    .map((file) => file.replace(/\.ts$/, ''))
    .sort((a, b) => parseInt(a) - parseInt(b));
}

/** Each language is made of the same. */
const read = new Map();

/** An assignment's notebook with the cells of both languages, as jupytext reads it. */
export function readSource(name) {
  if (!read.has(name)) read.set(name, readByJupytext(join(assignmentsFolder, `${name}.ts`)));
  return read.get(name);
}

async function readByJupytext(file) {
  const args = ['--quiet', '--to', 'ipynb', '--output', '-', file];
  return JSON.parse(await run(course.program('jupytext'), args));
}

/** What the lecturer is told about an assignment; undefined where nothing is written yet. */
export function lecturerNote(name, language) {
  try {
    return readFileSync(join(assignmentsFolder, `${name}.lecturer.${language}.md`), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
