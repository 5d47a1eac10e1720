import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { run } from '../lib/process.mjs';
import { inLanguage, solutionOf } from './cells.mjs';
import { nbgraderConfig } from './config.mjs';
import { course } from './environment.mjs';
import { withPoints } from './note.mjs';
import { assignmentsFolder, lecturerNote, readSource } from './sources.mjs';

/** What is made of an assignment. A course has more: what was handed in, the grades, the feedback. */
const MADE = ['source', 'release', 'solution'];

/**
 * Writes nbgrader's folder of a course in one language: `source`, `release`, `solution`, `lecturer` of the
 * assignments that are named. All else in the folder stays, and so does a configuration that is there.
 * @param {{folder: string, language: 'en' | 'zh', names: readonly string[], cellSeconds?: number}} options
 */
export async function writeCourse({ folder, language, names, cellSeconds }) {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'nbgrader_config.py');
  if (!existsSync(config)) writeFileSync(config, nbgraderConfig(language, cellSeconds));
  for (const name of names) {
    for (const kind of MADE) rmSync(join(folder, kind, name), { recursive: true, force: true });
    const source = await readSource(name);
    const notebook = inLanguage(source, language, name);
    const files = source.metadata.halfnote?.files ?? [];
    write(folder, 'source', name, notebook, files);
    write(folder, 'solution', name, solutionOf(notebook), files);
    const note = lecturerNote(name, language);
    if (note === undefined) continue;
    mkdirSync(join(folder, 'lecturer'), { recursive: true });
    writeFileSync(join(folder, 'lecturer', `${name}.md`), withPoints(note, notebook, language));
  }
  const script = join(import.meta.dirname, 'release.py');
  await run(course.program('python'), [script, ...names], {
    cwd: folder,
    env: course.variables(),
  });
}

/** A notebook, and the files that it reads beside it. */
function write(folder, kind, name, notebook, files) {
  const into = join(folder, kind, name);
  mkdirSync(into, { recursive: true });
  writeFileSync(join(into, `${name}.ipynb`), `${JSON.stringify(notebook, undefined, 1)}\n`);
  for (const file of files)
    copyFileSync(resolve(assignmentsFolder, file), join(into, basename(file)));
}
