#!/usr/bin/env node
/**
 * The course as nbgrader sees it: makes each assignment's release, hands in what students hand in, and has
 * nbgrader grade it and write the feedback. Left in build/course-test.
 *
 *   node test/course/run.mjs [1-formats ...] [--whole]
 *
 * Each assignment is graded in four kinds in English, and right in Chinese; with `--whole` all in both.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { courseBin, courseEnvironment, setUpCourse } from '../../scripts/course/environment.mjs';
import { assignmentNames, LANGUAGES } from '../../scripts/course/sources.mjs';
import { writeCourse } from '../../scripts/course/write-course.mjs';
import { buildDir, root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/process.mjs';
import { releaseProblems } from './release.mjs';
import { submission } from './submissions.mjs';

const KINDS = ['right', 'wrong', 'endless', 'type-error'];
/** Cells of solutions take seconds; an endless loop is waited for as long as this. */
const CELL_SECONDS = 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { whole: { type: 'boolean', default: false } },
});
const names = positionals.length === 0 ? assignmentNames() : positionals;
const counts = { passed: 0, failed: 0 };

await setUpCourse();
for (const language of LANGUAGES) {
  const folder = join(buildDir, 'course-test', language);
  await writeCourse({ folder, language, names });
  appendFileSync(join(folder, 'nbgrader_config.py'), `c.Execute.timeout = ${CELL_SECONDS}\n`);
  const kinds = language === 'en' || values.whole ? KINDS : ['right'];
  const expected = new Map();
  for (const name of names) {
    const source = read(folder, 'source', name);
    const release = read(folder, 'release', name);
    tell(`${name}, ${language}: the release gives nothing away`, releaseProblems(source, release));
    for (const kind of kinds) {
      const { notebook, points } = submission(kind, source, release);
      const place = join(folder, 'submitted', kind, name);
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, `${name}.ipynb`), JSON.stringify(notebook));
      expected.set(`${kind}/${name}`, points);
    }
  }
  for (const result of await graded(folder, [...expected.keys()])) {
    const { student, assignment, seconds } = result;
    const points = expected.get(`${student}/${assignment}`);
    const problems = gradeProblems(result, points, folder);
    tell(`${assignment}, ${language}, ${student}: graded in ${seconds.toFixed(1)} s`, problems);
  }
}
console.log(`${counts.passed} passed, ${counts.failed} failed, 0 skipped`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;

function read(folder, kind, name) {
  return JSON.parse(readFileSync(join(folder, kind, name, `${name}.ipynb`), 'utf8'));
}

async function graded(folder, submissions) {
  const script = join(root, 'test/course/grade.py');
  const output = await run(courseBin('python'), [script, ...submissions], {
    cwd: folder,
    env: courseEnvironment(),
  });
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** What nbgrader gave otherwise than it should have. */
function gradeProblems({ scores, error, feedback }, points, folder) {
  if (error !== undefined) return [error];
  const wrong = Object.entries(points)
    .filter(([id, right]) => scores[id] !== right)
    .map(([id, right]) => `${id} got ${scores[id]} points instead of ${right}`);
  if (feedback === null || feedback === undefined) return [...wrong, 'there is no feedback'];
  const page = readFileSync(join(folder, feedback), 'utf8');
  return page.includes('</html>') ? wrong : [...wrong, 'the feedback is cut off'];
}

function tell(name, problems) {
  counts[problems.length === 0 ? 'passed' : 'failed']++;
  console.log(problems.length === 0 ? `✓ ${name}` : `✗ ${name}\n  ${problems.join('\n  ')}`);
}
