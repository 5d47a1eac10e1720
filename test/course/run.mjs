#!/usr/bin/env node
/**
 * The course as nbgrader sees it: makes each assignment's release, hands in what students hand in, and has
 * nbgrader grade it and write the feedback. Left in build/course-test.
 *
 *   node test/course/run.mjs [1-formats ...] [--whole]
 *
 * Assignments with odd numbers are graded in English, others in Chinese: one right, one wrong, one with both an
 * endless loop and a type error. With `--whole` these four kinds come apart, and the release as it is, in both
 * languages. The last submission of the first assignment is graded by `halfnote grade` too, which has to give
 * the same points.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { course } from '../../scripts/course/environment.mjs';
import { assignmentNames, LANGUAGES } from '../../scripts/course/sources.mjs';
import { writeCourse } from '../../scripts/course/write-course.mjs';
import { buildDir, root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/process.mjs';
import { releaseProblems } from './release.mjs';
import { submission } from './submissions.mjs';

/** Cells of solutions take seconds; an endless loop is waited for as long as this. */
const CELL_SECONDS = 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { whole: { type: 'boolean', default: false } },
});
const names = positionals.length === 0 ? assignmentNames() : positionals;
const counts = { passed: 0, failed: 0 };

await course.setUp();
await Promise.all(LANGUAGES.map(judge));
console.log(`${counts.passed} passed, ${counts.failed} failed, 0 skipped`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;

/** The assignments in one language. */
async function judge(language) {
  const folder = join(buildDir, 'course-test', language);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const handedIn = join(folder, 'submitted/ada/notes.txt');
  mkdirSync(dirname(handedIn), { recursive: true });
  writeFileSync(handedIn, 'kept');
  await writeCourse({ folder, language, names, cellSeconds: CELL_SECONDS });
  tell(
    `making the course again leaves what was handed in, ${language}`,
    existsSync(handedIn) ? [] : [`${handedIn} is gone`],
  );
  rmSync(dirname(handedIn), { recursive: true });
  const expected = new Map();
  for (const name of names) {
    const source = read(folder, 'source', name);
    const release = read(folder, 'release', name);
    tell(`${name}, ${language}: the release gives nothing away`, releaseProblems(source, release));
    for (const kind of kindsOf(name, language)) {
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
  const last = [...expected].filter(([submitted]) => submitted.endsWith(`/${names[0]}`)).at(-1);
  if (last === undefined) return;
  const [submitted, points] = last;
  const problems = await gradeCommandProblems(folder, submitted, points);
  tell(
    `${names[0]}, ${language}, ${submitted.split('/')[0]}: halfnote grade gives the same`,
    problems,
  );
}

/** What `halfnote grade` gives otherwise than nbgrader. */
async function gradeCommandProblems(folder, submitted, points) {
  const [student, name] = submitted.split('/');
  const file = (kind) => join(folder, kind, name, `${name}.ipynb`);
  const args = [file(`submitted/${student}`), '--against', file('source')];
  const command = [join(root, 'kernel/dist/cli/main.js'), 'grade', ...args];
  const lost = Object.values(points).includes(0);
  // Cells' times go to stderr, which `run` joins with the rest.
  const output = await run(process.execPath, [...command, '--timeout', String(CELL_SECONDS)]).catch(
    (error) => (error.code === 2 && lost ? error.output : Promise.reject(error)),
  );
  const { cells } = JSON.parse(output.slice(output.indexOf('\n{') + 1));
  const got = Object.fromEntries(cells.map((cell) => [cell.id, cell.points]));
  return (
    Object.entries(points)
      // Only nbgrader knows whether an answer was touched.
      .filter(([id, right]) => got[id] !== right && got[id] !== null)
      .map(([id, right]) => `${id} got ${got[id]} points instead of ${right}`)
  );
}

function kindsOf(name, language) {
  if (values.whole) return ['right', 'blank', 'wrong', 'endless', 'type-error'];
  const isItsLanguage = (parseInt(name) % 2 === 1) === (language === 'en');
  return isItsLanguage ? ['right', 'wrong', 'broken'] : [];
}

function read(folder, kind, name) {
  return JSON.parse(readFileSync(join(folder, kind, name, `${name}.ipynb`), 'utf8'));
}

async function graded(folder, submissions) {
  if (submissions.length === 0) return [];
  const script = join(root, 'test/course/grade.py');
  const output = await run(course.program('python'), [script, ...submissions], {
    cwd: folder,
    env: course.variables(),
  });
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** What nbgrader gave otherwise than it should have. */
function gradeProblems({ student, assignment, scores, error, feedback }, points, folder) {
  if (error !== undefined) return [error];
  const wrong = Object.entries(points)
    .filter(([id, right]) => scores[id] !== right)
    .map(([id, right]) => `${id} got ${scores[id]} points instead of ${right}`);
  const file = join(folder, 'autograded', student, assignment, `${assignment}.ipynb`);
  // Stubs are of every type, and so is what is wrong on purpose, unless it is a type error.
  if (!['type-error', 'broken'].includes(student)) wrong.push(...typeErrors(file));
  if (feedback === null || feedback === undefined) return [...wrong, 'there is no feedback'];
  const page = readFileSync(join(folder, feedback), 'utf8');
  return page.includes('</html>') ? wrong : [...wrong, 'the feedback is cut off'];
}

/** Cells to be written that don't type-check; those that only show something may lack what isn't there yet. */
function typeErrors(file) {
  const { cells } = JSON.parse(readFileSync(file, 'utf8'));
  return cells
    .filter(({ metadata }) => metadata.nbgrader?.solution)
    .flatMap(({ outputs = [], metadata }) =>
      outputs
        .filter(({ ename }) => ename === 'TypeScriptError')
        .map(({ evalue }) => `${metadata.nbgrader.grade_id} doesn't type-check: ${evalue}`),
    );
}

function tell(name, problems) {
  counts[problems.length === 0 ? 'passed' : 'failed']++;
  console.log(problems.length === 0 ? `✓ ${name}` : `✗ ${name}\n  ${problems.join('\n  ')}`);
}
