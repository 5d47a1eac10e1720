import type { Magic, NamedParameter } from '../magics/language/declare';
import type { ParameterWords, Vocabulary } from '../magic-lines/magic-words';
import { MAGICS } from '../magics/table';

/** The files that hold {@link vocabulary}, for CodeMirror and for Pygments, seen from the checkout. */
export const VOCABULARY_FILES = [
  'extension/src/editor/vocabulary.json',
  'extension/halfnote_lab/vocabulary.json',
] as const;

/** What those files say: how the words of each magic are to be shown. */
export function vocabularyText(): string {
  const lines = Object.entries(vocabulary()).map((entry) =>
    entry.map((part) => JSON.stringify(part)),
  );
  return `{\n${lines.map(([name = '', words = '']) => `  ${name}: ${words}`).join(',\n')}\n}\n`;
}

function vocabulary(): Vocabulary {
  return Object.fromEntries(MAGICS.all.map((magic) => [magic.name, wordsOf(magic)]));
}

function wordsOf({ syntax, positionals, options }: Magic): Vocabulary[string] {
  const written = options.flatMap((option) => {
    const names = [option.name, option.short ?? []].flat();
    return names.map((name): [string, ParameterWords] => [name, parameterWords(option)]);
  });
  // What begins with `--` is seen to be an option, and one that isn't told of takes no value.
  const told = written.filter(([name, { is }]) => is !== 'flag' || !name.startsWith('--'));
  return {
    ...(syntax.isShell && { isShell: true }),
    ...(syntax.hasTextBody && { hasTextBody: true }),
    positionals: positionals.map(parameterWords),
    options: Object.fromEntries(told),
  };
}

function parameterWords(parameter: NamedParameter): ParameterWords {
  return {
    is: kindOf(parameter),
    ...(parameter.isRest && { isRest: true }),
    ...(parameter.isMany && { isMany: true }),
  };
}

function kindOf({
  isFlag,
  isExpression,
  isRest,
  type,
  values,
}: NamedParameter): ParameterWords['is'] {
  if (isFlag) return 'flag';
  if (isExpression) return isRest ? 'statement' : 'expression';
  if (type === 'variable name') return 'variable';
  return values.length > 0 ? 'value' : 'text';
}
