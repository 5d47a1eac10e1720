import { nearest } from '../../errors';
import { alpha3Of } from './country-codes';

const LETTERS = [...Array(26).keys()].map((i) => String.fromCharCode(65 + i));

/**
 * The codes that a user may have meant by `region`: a country's English name, or a three-letter code
 * with letters missing or wrong. Best first, at most four.
 * @param codes the ISO 3166-1 alpha-3 codes and groups that there are.
 */
export function suggestRegions(region: string, codes: readonly string[]): string[] {
  const word = region.trim().toUpperCase();
  const byCountry = alpha2Of(word).flatMap((code) => alpha3Of(code) ?? []);
  const begun = word === '' ? [] : codes.filter((code) => code.startsWith(word));
  const slip = word.length === 3 ? (alpha3Of(word.slice(0, 2)) ?? []) : [];
  const near = nearest(word, codes).filter((code) => shareTwo(word, code));
  const meant = new Set([...byCountry, ...begun, slip, ...near].flat());
  return [...meant].filter((code) => codes.includes(code)).slice(0, 4);
}

/** Are two of the letters of a short code those of another? Codes of three letters are all near. */
function shareTwo(word: string, code: string): boolean {
  const shared = Array.from(code).filter((letter) => word.includes(letter));
  return new Set(shared).size >= 2 && word[0] === code[0];
}

/** Two-letter codes, former ones too, of a country by its English name, its beginning, or a slip. */
function alpha2Of(word: string): string[] {
  if (word.length < 4) return [];
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const countries = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).flatMap(
    (code) => {
      const name = names.of(code)?.toUpperCase();
      return name === undefined ? [] : [{ code, name }];
    },
  );
  const begun = countries.filter(({ name }) => name.startsWith(word));
  const [slip] = nearest(
    word,
    countries.map(({ name }) => name),
  );
  return (begun.length > 0 ? begun : countries.filter(({ name }) => name === slip)).map(
    ({ code }) => code,
  );
}
