import type { Report } from '../schema';
import { hashOf, type Sha256 } from '../../hashing/canonical';

type Identity = Report['identity'];

/** A report before it has its hashes. */
export type Unsealed = Omit<Report, 'identity'> & {
  readonly identity: Omit<Identity, 'hash' | 'sections'>;
};

/** Gives a report its hashes: one of each part, and one over all but itself. */
export function seal(report: Unsealed): Report {
  const sections = sectionsOf(report);
  const identity = { ...report.identity, sections };
  return { ...report, identity: { ...identity, hash: contentHash({ ...report, identity }) } };
}

/** The hash of each part of a report by its place: `trials`, `energy.cells`, `identity.seeds`. */
export function sectionsOf(report: object): Record<string, Sha256> {
  const parts = Object.entries(report).flatMap(([name, value]) => placesOf(name, value));
  return Object.fromEntries(parts.map(([place, value]) => [place, hashOf(value)]));
}

/** The hash of a report over all but its own `identity.hash`. */
export function contentHash(report: { readonly identity: object }): Sha256 {
  const identity = without(report.identity, ['hash']);
  return hashOf({ ...report, identity });
}

function placesOf(name: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[name, value]];
  const inner = name === 'identity' ? without(value, ['hash', 'sections']) : value;
  const places = Object.entries(inner).map(([key, item]) => [`${name}.${key}`, item] as const);
  // A part that holds nothing is a part too: something may be put into it.
  return places.length === 0 ? [[name, {}]] : places;
}

function without(value: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}
