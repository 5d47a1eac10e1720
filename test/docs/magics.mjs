/** Every magic that a page writes is one, with the options that it has; with arguments it expands. */
import { createRequire } from 'node:module';
import { inlineCode } from './lib/pages.mjs';

const require = createRequire(import.meta.url);
const { MAGICS } = require('../../kernel/dist/magics/table.js');
const { expandMagics } = require('../../kernel/dist/magics/language/magics.js');

/** What only looks like a magic, or is meant to be wrong. */
const NONE = {
  '%b': 'the modulo of a page about it',
  '%b * c': 'the same',
  '%precison fp16': 'shows what is said of a name that is misspelled',
};

/** @returns {{expanded: number, named: number, wrong: string[]}} */
export function checkMagics() {
  const result = { expanded: 0, named: 0, wrong: [], unused: new Set(Object.keys(NONE)) };
  for (const { at, code } of inlineCode()) {
    if (!/^%%?[a-z]/.test(code) || /^%%?name\b/.test(code)) continue;
    if (code in NONE) {
      result.unused.delete(code);
      continue;
    }
    const expansion = expandMagics(MAGICS, code.startsWith('%%') ? `${code}\nf();` : code);
    if (expansion.ok) result.expanded++;
    else if (isName(code)) result.named++;
    else result.wrong.push(`${at}: ${code}: ${expansion.error.evalue}`);
  }
  return result;
}

/** Whether a magic is only named, with an option perhaps: `%sensitivity --budget`. */
function isName(code) {
  const [name, ...words] = code.split(' ');
  const magic = MAGICS.find(name.replace(/^%+/, ''));
  if (magic === undefined) return false;
  const options = new Set(magic.options.map((option) => option.name));
  return words.every((word) => options.has(word) || isPositional(magic, word, words));
}

/** The word that says which of its jobs a magic does, as in `%export onnx`. */
function isPositional(magic, word, words) {
  return word === words[0] && magic.examples.some(({ code }) => code.split(' ')[1] === word);
}
