import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import serialize from 'canonicalize';

/** `sha256:` and 64 hexadecimal digits. */
export type Sha256 = `sha256:${string}`;

/** A JSON value in its canonical form (RFC 8785). Throws for NaN and Infinity, which JSON lacks. */
export function canonical(value: unknown): string {
  return serialize(value) ?? 'null';
}

/** SHA-256 over a JSON value's canonical form: neither the order of its keys nor white space counts. */
export function hashOf(value: unknown): Sha256 {
  return sha256(canonical(value));
}

/** SHA-256 of text in UTF-8. */
export function sha256(text: string): Sha256 {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** SHA-256 of a file's bytes, read as a stream: data sets are large. Rejects when it can't be read. */
export async function hashFile(path: string): Promise<Sha256> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
