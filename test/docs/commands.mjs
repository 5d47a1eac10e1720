/** Every command that a page shows is there: scripts, files, suites, and the options of `halfnote`. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { SUITES } from '../../scripts/lib/suites.mjs';
import { blocksOf, inlineCode } from './lib/pages.mjs';

const require = createRequire(import.meta.url);
const { createProgram } = require('../../kernel/dist/cli/program.js');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Commands that aren't ours, and what runs them, or why nothing does. */
const OTHERS = {
  cd: 'the shell',
  export: 'the shell',
  jupyter: 'opens a browser; the suites browser and versions start it',
  nbgrader: 'the suite course runs these commands',
  docker: 'no container can be built here: docs/channels.md says so',
  pip: 'the suite wheel installs so',
  papermill: 'the suite tools runs it',
  jupytext: 'the suite tools runs it',
  pytest: 'the suite tools runs nbval so',
  nbdiff: 'the suite tools runs it',
};
/** Scripts of the reader's own. */
const READERS = new Set(['train.mjs']);

/** A line of a shell as words, up to what it is joined with. @returns {string[]} */
export function wordsOf(line) {
  const words = [];
  for (const [, single, double, plain] of line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)) {
    if (plain !== undefined && /^(?:#|>|\|\||&&|\|$)/.test(plain)) break;
    words.push(single ?? double ?? plain);
  }
  return words;
}

/** @returns {Promise<{parsed: number, found: number, others: number, wrong: string[], unused: Set<string>}>} */
export async function checkCommands() {
  const result = {
    parsed: 0,
    found: 0,
    others: 0,
    wrong: [],
    unused: new Set(Object.keys(OTHERS)),
  };
  for (const { at, line } of commandLines()) {
    const complaint = await complaintOf(line, result);
    if (complaint !== undefined) result.wrong.push(`${at}: ${line}: ${complaint}`);
  }
  return result;
}

/** What is wrong with a line of a shell; undefined where nothing is. */
export async function complaintOf(line, result = { unused: new Set() }) {
  const [command, ...args] = wordsOf(line).filter((word, i, all) => !isSetting(word, i, all));
  return check(command, args, result);
}

const isSetting = (word, index, words) =>
  words.slice(0, index + 1).every((one) => /^[A-Z_]+=/.test(one));

function commandLines() {
  const blocks = blocksOf(['sh']).flatMap(({ page, line, code }) =>
    code.split('\n').map((text, i) => ({ at: `${page}:${line + i}`, line: text })),
  );
  const inline = inlineCode()
    .filter(({ code }) =>
      /^(?:(?:npx )?halfnote [a-z-]|npm (?:run|test|start)|node [a-z]+\/|npx vitest|\.venv\/bin)/.test(
        code,
      ),
    )
    .map(({ at, code }) => ({ at, line: code }));
  return [...blocks, ...inline].filter(({ line }) => line.trim() !== '' && !/^\s*#/.test(line));
}

async function check(command, args, result) {
  if (command === 'npx' && args[0] === 'halfnote') return check('halfnote', args.slice(1), result);
  if (command === 'halfnote') return checkHalfnote(args, result);
  if (command in OTHERS) {
    result.unused.delete(command);
    result.others++;
    return undefined;
  }
  result.found++;
  if (command === 'npm') return checkNpm(args);
  if (command === 'npx' && args[0] === 'vitest')
    return missingFile(args.find((arg) => arg.endsWith('.test.ts')) ?? 'a test');
  if (command === 'node' && READERS.has(args[0])) return undefined;
  if (command === 'node' || command.startsWith('.venv/')) return missingFile(args[0]);
  return `nobody knows what runs ${command}: say so in test/docs/commands.mjs`;
}

const missingFile = (path) => (existsSync(join(root, path)) ? undefined : `there is no ${path}`);

function checkNpm([first, ...rest]) {
  if (first === 'install') return undefined;
  const script = first === 'run' ? rest[0] : first;
  if (!(script in scripts)) return `package.json has no script ${script}`;
  if (script !== 'test') return undefined;
  const known = [...SUITES.map(({ name }) => name), '--', '--quick', '--jobs'];
  const unknown = rest.find((word) => !known.includes(word) && !/^\d+$/.test(word));
  return unknown === undefined ? undefined : `no suite and no option is called ${unknown}`;
}

/** Parses a line as the command does, without doing anything; of one that leaves something open, its options. */
async function checkHalfnote(args, result) {
  const program = createProgram(() => {});
  const isOpen = args.some((arg) => /^[<[]|\.\.\.$|^\|$/.test(arg));
  result.parsed++;
  if (args[0]?.startsWith('-') || isOpen || args.length === 1) return checkOptions(program, args);
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
    if (command !== program) command.action(() => {});
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return undefined;
  } catch (error) {
    return error.message;
  }
}

/** @returns {import('commander').Command[]} the command and all below it */
function withSubcommands(command) {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function checkOptions(program, args) {
  const names = args.filter((arg) => !/^[-<[]/.test(arg));
  let command = program;
  for (const name of names) {
    const next = command.commands.find((one) => one.name() === name);
    if (next === undefined && command === program) return `halfnote has no command ${name}`;
    command = next ?? command;
  }
  const known = ['--help', ...command.options.flatMap(({ short, long }) => [short, long])];
  const options = args.flatMap((arg) => arg.match(/(?<![\w-])--?[a-z][\w-]*/g) ?? []);
  const unknown = options.find((option) => !known.includes(option));
  return unknown === undefined ? undefined : `halfnote ${command.name()} has no option ${unknown}`;
}
