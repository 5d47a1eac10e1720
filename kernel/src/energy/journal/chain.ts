import { z } from 'zod';
import { encodeNumbers } from '../../display/numbers';
import { canonical, sha256 } from '../../hashing/canonical';

/** What every line of a journal carries besides its record. */
const link = z.looseObject({
  /** Lines before this one. */
  seq: z.int().min(0),
  /** Wall clock, ISO 8601 in UTC. */
  at: z.string(),
  /** The hash of the line before. */
  prev: z.string(),
  /** SHA-256 over the line by RFC 8785, with this field left out. */
  hash: z.string(),
});

export type Link = z.output<typeof link>;

/** What the first line follows. */
export const GENESIS = `sha256:${'0'.repeat(64)}`;

export interface Place {
  readonly seq: number;
  readonly prev: string;
}

/** The line of a record at its place in the chain, with its newline, and the line's hash. */
export function sealed(
  record: object,
  { seq, prev }: Place,
  at: string,
): { readonly line: string; readonly hash: string } {
  const open = encodeNumbers({ ...record, seq, at, prev }) as object;
  // Of each member once: windows are long.
  const members = Object.entries(open)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, canonical(value)] as const);
  const hash = sha256(joined(members));
  return { line: `${joined([...members, ['hash', canonical(hash)]])}\n`, hash };
}

/** An object by RFC 8785, of members that are so already. */
function joined(members: readonly (readonly [key: string, value: string])[]): string {
  const sorted = members.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, value]) => `${canonical(key)}:${value}`).join(',')}}`;
}

/** What stands in a line, without its newline; undefined of what is no line of a journal, such as half of one. */
export function parseLine(line: string): Link | undefined {
  try {
    return link.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Whether a line is as it was written, to the byte. */
export function isIntact(line: string, { hash, ...rest }: Link): boolean {
  try {
    return hash === sha256(canonical(rest)) && canonical({ ...rest, hash }) === line;
  } catch {
    // A number such as 1e999, which was never written.
    return false;
  }
}
