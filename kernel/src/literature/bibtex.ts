import { REVIEW_NOTES } from './citation';
import type { Source } from './source';
import { SEEN_ON, sourceOf, type SourceKey } from './sources';

/** Sources as BibTeX, sorted by key, each once: for `\cite{...}`. */
export function bibtexOf(keys: Iterable<SourceKey>): string {
  return [...new Set(keys)].toSorted().map(entry).join('\n');
}

function entry(key: SourceKey): string {
  const source = sourceOf(key);
  const fields = Object.entries(fieldsOf(source)).flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name} = {${value}},\n`],
  );
  return `@${source.kind}{${key},\n${fields.join('')}}\n`;
}

function fieldsOf(source: Source): Readonly<Record<string, string | undefined>> {
  const { title, year, venue, kind, pages, arxiv, doi, url, review } = source;
  const [volume, range] = pages?.split(':') ?? [];
  const notes = [REVIEW_NOTES[review], year === undefined ? `Seen ${SEEN_ON}` : ''];
  const note = notes.filter((text) => text !== '').join('. ');
  const written = venue === undefined ? undefined : texText(venue);
  return {
    author: authorsOf(source.authors),
    // A second pair of braces keeps the case of names and formats.
    title: `{${texText(title)}}`,
    ...(kind === 'article' ? { journal: written } : {}),
    ...(kind === 'inproceedings' ? { booktitle: written } : {}),
    ...(kind === 'misc' ? { howpublished: written } : {}),
    year: year === undefined ? undefined : String(year),
    volume,
    pages: range === undefined ? undefined : texText(range),
    ...(arxiv === undefined ? {} : { eprint: arxiv, archiveprefix: 'arXiv' }),
    doi,
    url,
    note: note === '' ? undefined : texText(note),
  };
}

function authorsOf(authors: Source['authors']): string {
  if (typeof authors === 'string') return `{${texText(authors)}}`;
  return authors.map(texText).join(' and ');
}

const SIGNS: Readonly<Record<string, string>> = {
  Ç: '{\\c{C}}',
  ö: '{\\"o}',
  '–': '--',
  '&': '\\&',
  '%': '\\%',
  _: '\\_',
  '#': '\\#',
  $: '\\$',
};

/** Text of ASCII alone: BibTeX of old knows no other. */
function texText(text: string): string {
  return text.replace(/[^\w\s.,:;'()/+*=?!-]|_/g, (sign) => SIGNS[sign] ?? sign);
}
