import { Language, LanguageSupport, ParseContext, syntaxHighlighting } from '@codemirror/language';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { tagHighlighter } from '@lezer/highlight';
import type { Parser } from '@lezer/common';
import type { Vocabulary } from 'halfnote/mime/magics';
import { CellParser, TAGS } from './parser';
import vocabulary from './vocabulary.json';

/** TypeScript with magics, made of the TypeScript that JupyterLab has. */
export function cellLanguage(
  typescript: LanguageSupport,
  languages: IEditorLanguageRegistry,
): LanguageSupport {
  const { data, parser } = typescript.language;
  const inner = { typescript: parser, forFile: (name: string) => parserOf(name, languages) };
  const cells = new CellParser(vocabulary as Vocabulary, inner, data);
  const classes = Object.entries(TAGS).map(([kind, tag]) => ({
    tag,
    class: `hn-magic-${kind}`,
  }));
  return new LanguageSupport(new Language(data, cells, [], 'halfnote'), [
    typescript.support,
    syntaxHighlighting(tagHighlighter(classes)),
  ]);
}

/** The parser of a file's language; until that has been loaded, one that parses nothing. */
function parserOf(file: string, languages: IEditorLanguageRegistry): Parser | undefined {
  const found = languages.findByFileName(file);
  if (found === null) return undefined;
  if (found.support !== undefined) return found.support.language.parser;
  return ParseContext.getSkippingParser(languages.getLanguage(found.name).catch(() => undefined));
}
