import { nearest } from '../../errors';
import type { Magic, NamedParameter } from './declare';
import { MagicProblem } from './problem';
import { wordFrom, wordOf, type Word } from '../../magic-lines/words';

/** Which words belong to which parameter. Made without a throw, for half-written magics too. */
export interface Assignment {
  readonly words: ReadonlyMap<string, Word>;
  /** The option that still waits for its value. */
  readonly waiting: NamedParameter | undefined;
  /** `--show`: print the expansion instead of running it. */
  readonly show: boolean;
  /** `--help` */
  readonly help: boolean;
  /** In the order of the line. */
  readonly problems: readonly MagicProblem[];
}

/** Understood by each magic. */
export const COMMON_OPTIONS: Readonly<Record<string, string>> = {
  '--show': 'Print the TypeScript this expands to, instead of running it.',
  '--help': 'Show the help of this magic.',
};

/** Assigns the words of a line of the cell `code` to a magic's parameters. */
export function assign(magic: Magic, words: readonly Word[], code: string): Assignment {
  const assigned = new Map<string, Word>();
  const problems: MagicProblem[] = [];
  const common = new Set<string>();
  const positionals = [...magic.positionals];
  let waiting: NamedParameter | undefined;
  const put = (parameter: NamedParameter, word: Word): void => {
    if (assigned.has(parameter.name)) {
      problems.push(new MagicProblem(`${parameter.name} is given twice`, undefined, word));
    } else assigned.set(parameter.name, word);
  };
  for (const [i, word] of words.entries()) {
    if (waiting && !isOption(word)) {
      put(waiting, word);
      waiting = undefined;
      continue;
    }
    const written = /^--[\w-]*/.exec(word.text)?.[0] ?? '';
    const option = magic.options.find(({ name, short }) => name === written || short === word.text);
    if (word.text in COMMON_OPTIONS) {
      common.add(word.text);
    } else if (option) {
      if (waiting) problems.push(missingValue(waiting, word));
      waiting = undefined;
      const hasValue = word.text[written.length] === '=';
      if (option.isFlag && hasValue) {
        problems.push(new MagicProblem(`${written} takes no value`, undefined, word));
      } else if (option.isFlag) put(option, word);
      else if (hasValue) put(option, wordFrom(word, word.start + written.length + 1));
      else waiting = option;
    } else if (positionals[0]?.isRest) {
      put(
        positionals[0],
        wordOf(
          code,
          words.slice(i).flatMap(({ tokens }) => tokens),
        ),
      );
      break;
    } else if (isOption(word)) {
      problems.push(unknownOption(magic, word));
    } else {
      const positional = positionals[0]?.isMany === true ? positionals[0] : positionals.shift();
      const before = positional?.isMany === true ? assigned.get(positional.name) : undefined;
      if (positional && before) {
        assigned.set(positional.name, wordOf(code, [...before.tokens, ...word.tokens]));
      } else if (positional) put(positional, word);
      else problems.push(tooMany(magic, word));
    }
  }
  if (waiting) problems.push(missingValue(waiting, words.at(-1)));
  problems.push(...conflicts(magic, assigned));
  return {
    words: assigned,
    waiting,
    show: common.has('--show'),
    help: common.has('--help'),
    problems,
  };
}

/** The parameters that must be given and are not. */
export function missing(magic: Magic, words: ReadonlyMap<string, Word>): NamedParameter[] {
  return [...magic.positionals, ...magic.options].filter(
    ({ name, required }) => required && !words.has(name),
  );
}

function isOption(word: Word): boolean {
  return /^--[A-Za-z]/.test(word.text);
}

function missingValue(option: NamedParameter, at: Word | undefined): MagicProblem {
  return new MagicProblem(`${option.name} needs a value`, `Allowed: ${option.type}`, at);
}

function unknownOption(magic: Magic, word: Word): MagicProblem {
  const written = word.text.replace(/=.*$/s, '');
  const names = magic.options.map(({ name }) => name);
  const [near] = nearest(written, names, 1);
  const meant = near === undefined ? '' : `did you mean ${near}? `;
  return new MagicProblem(
    `unknown parameter ${written}`,
    `${meant}Its parameters: ${[...names, ...Object.keys(COMMON_OPTIONS)].join(', ')}`,
    word,
  );
}

function tooMany(magic: Magic, word: Word): MagicProblem {
  const names = magic.positionals.map(({ name }) => name);
  const takes = names.length === 0 ? 'no positional parameter' : `only ${names.join(' and ')}`;
  const hint = `It takes ${takes} before its options. An expression with blanks needs parentheses`;
  return new MagicProblem(`one argument too many: "${word.text}"`, hint, word);
}

function conflicts(magic: Magic, words: ReadonlyMap<string, Word>): MagicProblem[] {
  return magic.exclusive.flatMap((names) => {
    const given = names.filter((name) => words.has(name));
    return given.length < 2
      ? []
      : [
          new MagicProblem(
            `only one of ${given.join(' and ')} can be given`,
            undefined,
            words.get(given[1] ?? ''),
          ),
        ];
  });
}
