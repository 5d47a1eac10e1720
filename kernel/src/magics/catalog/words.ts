import { complainOfRegion } from '../../energy/carbon/regions';
import { text, type Parameter } from '../language/parameters';

/** To complete; the library knows more, and its data is loaded with the first region that is named. */
export const REGIONS =
  'WORLD EU AUS AUT BEL BRA CAN CHE CHN DEU DNK ESP FIN FRA GBR IND IRL ISL ITA JPN KOR MEX NLD NOR POL PRT SGP SWE USA ZAF'.split(
    ' ',
  );

/** Whole numbers from 1 with commas between. */
export const COUNTS = /^[1-9]\d*(,[1-9]\d*)*$/;

/** A place, checked as the library does. */
export function regionOption(doc: string): Parameter<string | undefined> {
  return text(
    doc,
    'country, group, US state, grid zone or cloud region',
    complainOfRegion,
    REGIONS,
  );
}

/** The words of a list with commas between. */
export function splitWords(list: string): string[] {
  return list.split(',').map((word) => word.trim());
}
