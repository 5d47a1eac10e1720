import { contentHash, sectionsOf } from '../identity/seal';
import type { Report } from '../schema';
import { unfounded } from './unfounded';

/** Where a report isn't what was written, in words; empty for one that is. */
export interface Integrity {
  readonly altered: readonly string[];
}

interface Hashed {
  readonly identity: {
    readonly hash?: unknown;
    readonly sections?: unknown;
  };
}

/**
 * Compares the hashes of a report's JSON with what stands in it: any altered, added or missing field is
 * found, and the part that holds it is named. It is no signature: who makes all hashes anew isn't found
 * by them, but by {@link recountedIntegrity} where the figures no longer follow from the raw samples.
 */
export function integrityOf(report: Hashed & object): Integrity {
  const { sections } = report.identity;
  if (typeof sections !== 'object' || sections === null) return { altered: ['identity.sections'] };
  const stated = new Map(Object.entries(sections));
  const found = new Map(Object.entries(sectionsOf(report)));
  const places = [...new Set([...stated.keys(), ...found.keys()])];
  const altered = places.filter((place) => stated.get(place) !== found.get(place));
  if (altered.length > 0 || contentHash(report) === report.identity.hash) return { altered };
  return { altered: ['identity.hash'] };
}

/** The same for a report whose hashes hold: figures that its own samples don't give. */
export function recountedIntegrity(report: Report): Integrity {
  return { altered: unfounded(report) };
}
