import { fromTable } from '../errors';

/** What a check says, in each language of the course. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

export type Language = keyof Text;

const NAMES: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };

let chosen: Language = 'en';

/**
 * Sets the language in which checks answer: `language('zh')`.
 * @throws HalfnoteError `unknown-language`.
 */
export function language(name: Language): void {
  fromTable(NAMES, name, 'language');
  chosen = name;
}

/** A text in the language that is set. */
export function told(text: Text): string {
  return text[chosen];
}
