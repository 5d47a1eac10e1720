import { createRequire } from 'node:module';
import type * as Countries from 'i18n-iso-countries';
import { nearest } from '../../errors';

/** Two-letter codes in common use beside ISO 3166-1, with the three-letter code that the data has. */
const ALSO: Readonly<Record<string, string>> = { UK: 'GBR', EL: 'GRC', XK: 'XKX' };

let loaded: typeof Countries | undefined;

/** With English names only, and not before a region is asked for: all languages take 80 ms to load. */
function countries(): typeof Countries {
  if (loaded !== undefined) return loaded;
  const require = createRequire(__filename);
  const library = require('i18n-iso-countries/index') as typeof Countries;
  library.registerLocale(
    require('i18n-iso-countries/langs/en.json') as Parameters<typeof library.registerLocale>[0],
  );
  loaded = library;
  return library;
}

/** ISO 3166-1 alpha-3 of a code of two or three letters in capitals; undefined for what is no country. */
export function alpha3Of(code: string): string | undefined {
  if (Object.hasOwn(ALSO, code)) return ALSO[code];
  if (code === 'XKX') return code;
  if (code.length === 2) return countries().alpha2ToAlpha3(code);
  return code.length === 3 && countries().alpha3ToAlpha2(code) !== undefined ? code : undefined;
}

/** ISO 3166-1 alpha-2 of an alpha-3 code in capitals. */
export function alpha2Of(alpha3: string): string | undefined {
  return alpha3 === 'XKX' ? 'XK' : countries().alpha3ToAlpha2(alpha3);
}

/** English name of a country by its alpha-3 code; the code where it has none. */
export function countryName(alpha3: string): string {
  return alpha3 === 'XKX' ? 'Kosovo' : (countries().getName(alpha3, 'en') ?? alpha3);
}

/** Alpha-3 codes of countries by an English name, by its beginning, or with a slip in it; best first. */
export function countriesNamed(word: string): string[] {
  if (word.trim().length < 4) return [];
  const names = countries().getNames('en', { select: 'all' });
  const all = Object.entries(names).flatMap(([alpha2, spellings]) =>
    spellings.map((name) => ({ alpha2, name: name.toUpperCase() })),
  );
  const wanted = word.trim().toUpperCase();
  const exact = all.filter(({ name }) => name === wanted);
  const begun = all.filter(({ name }) => name.startsWith(wanted));
  const [slip] = nearest(
    wanted,
    all.map(({ name }) => name),
    1,
  );
  const found = begun.length > 0 ? [...exact, ...begun] : all.filter(({ name }) => name === slip);
  return [...new Set(found.flatMap(({ alpha2 }) => alpha3Of(alpha2) ?? []))];
}
