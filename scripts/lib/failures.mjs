import { stripVTControlCharacters } from 'node:util';

/** How suites name what failed: our own programs, vitest, and Python's unittest as conformance prints it. */
const NAMED = [/^✗ (.+)/, /^ +FAIL +(.+)/, /^(\S+): FAILED/];
/** Beyond these somebody reads the suite's own output. */
const MOST = 20;
const LONGEST = 200;

/**
 * The names of the tests that failed, from a suite's output: each once, in order. So that the end of a
 * log, which is often all that is kept of it, says what to mend.
 * @param {string} output
 * @returns {string[]}
 */
export function failuresOf(output) {
  return namesOf(output, NAMED);
}

/**
 * The names of the tests that passed only when they were repeated.
 * @param {string} output
 * @returns {string[]}
 */
export function flakyOf(output) {
  return namesOf(output, [/^flaky: (.+)/]);
}

function namesOf(output, forms) {
  const names = stripVTControlCharacters(output)
    .split('\n')
    .flatMap((line) => forms.map((form) => form.exec(line)?.[1]).find(Boolean) ?? [])
    .map((name) => name.trim().slice(0, LONGEST));
  const all = [...new Set(names)];
  return all.length <= MOST ? all : [...all.slice(0, MOST), `and ${all.length - MOST} more`];
}
