import type { Author, Source } from './source';
import { SEEN_ON, sourceOf, type SourceKey } from './sources';

/** What a reader should know of where a source comes from; nothing of what was reviewed. */
export const REVIEW_NOTES: Readonly<Record<Source['review'], string>> = {
  'peer-reviewed': '',
  preprint: 'preprint',
  documentation: 'by the maker of what it is about',
  unreviewed: 'not reviewed',
};

/** A source in one sentence: authors, title, where and when, its address as text, and how far it was checked. */
export function citation(key: SourceKey): string {
  const source = sourceOf(key);
  const { title, venue, pages, year, arxiv, doi, url, review } = source;
  const where = [venue, pages, year === undefined ? undefined : String(year)].filter(isThere);
  const address =
    doi !== undefined
      ? `doi:${doi}`
      : arxiv !== undefined
        ? `arXiv:${arxiv}`
        : url.replace(/^https:\/\//, '');
  const seen = year === undefined ? `seen ${SEEN_ON}` : undefined;
  const note = REVIEW_NOTES[review];
  const marks = [note === '' ? undefined : note, seen].filter(isThere);
  const parts = [authorsText(source.authors), title, where.join(' '), address].filter(isThere);
  return `${sentences(parts)}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}.`;
}

/** Parts with a period after each but the last, unless they end in a sign of their own. */
function sentences(parts: readonly string[]): string {
  return parts.reduce((text, part) => `${text}${/[?!]$/.test(text) ? ' ' : '. '}${part}`);
}

/** `P. Micikevicius, S. Narang et al.`, or the organization. */
function authorsText(authors: Source['authors']): string {
  if (typeof authors === 'string') return authors;
  const isOpen = authors.includes('others') || authors.length > MANY_AUTHORS;
  const named = authors.filter((author) => author !== 'others');
  const shown = named.length > MANY_AUTHORS ? named.slice(0, 1) : named;
  return `${shown.map(personText).join(', ')}${isOpen ? ' et al' : ''}`;
}

/** More are not named in a sentence; BibTeX has them all. */
const MANY_AUTHORS = 4;

function personText(author: Author): string {
  const [family = '', given = ''] = author.split(', ');
  const initials = given
    .split(/[\s.]+/)
    .filter((name) => name !== '')
    .map((name) => `${name.charAt(0)}.`);
  return [...initials, family].join(' ');
}

function isThere(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
