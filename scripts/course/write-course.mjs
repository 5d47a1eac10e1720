import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { run } from '../lib/process.mjs';
import { inLanguage, solutionOf } from './cells.mjs';
import { nbgraderConfig } from './config.mjs';
import { courseBin, courseEnvironment } from './environment.mjs';
import { withPoints } from './note.mjs';
import { assignmentsFolder, lecturerNote, readSource } from './sources.mjs';

/**
 * Writes nbgrader's folder of a course in one language: `source`, `release`, `solution`, `lecturer`.
 * @param {{folder: string, language: 'en' | 'zh', names: readonly string[], cellSeconds?: number}} options
 */
export async function writeCourse({ folder, language, names, cellSeconds }) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'nbgrader_config.py'), nbgraderConfig(language, cellSeconds));
  for (const name of names) {
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
  await run(courseBin('python'), [script, ...names], {
    cwd: folder,
    env: courseEnvironment(),
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
