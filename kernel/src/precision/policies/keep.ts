import { inspect } from 'node:util';
import { HalfnoteError } from '../../errors';
import { parsePolicy, type Policy } from '../policy';

/** Layers with a policy of their own: by layer name or pattern, or as text: `dense_3=fp32,conv*=bf16`. */
export type Keep = string | Readonly<Record<string, string>>;

export interface KeepRule {
  /** A layer's name, its path (`encoder/dense_1`), or either with `*` and `?` in it. */
  readonly pattern: string;
  readonly policy: Policy;
  /** As the user writes it: `dense_3=fp32`. */
  readonly text: string;
}

/** The keys of jmp's form, whose parts are separated by commas as rules are. */
const PART = /^(p|params?|c|compute|o|output)$/i;

/**
 * Reads which layers have a policy of their own.
 * @throws HalfnoteError `invalid-keep` for what is no `layer=policy`, `unknown-policy` for the policy.
 */
export function parseKeep(keep: Keep | undefined): readonly KeepRule[] {
  if (keep === undefined) return [];
  const entries: readonly (readonly [string, unknown])[] =
    typeof keep === 'string' ? splitRules(keep) : entriesOf(keep);
  return entries.map(([name, spec]) => {
    const pattern = name.trim();
    if (pattern === '') throw badKeep(`${name}=${String(spec)}`);
    return { pattern, policy: parsePolicy(spec as string), text: `${pattern}=${String(spec)}` };
  });
}

function entriesOf(keep: unknown): (readonly [string, unknown])[] {
  // JavaScript can hand over anything.
  if (typeof keep !== 'object' || keep === null || Array.isArray(keep)) throw badKeep(keep);
  return Object.entries(keep);
}

function splitRules(text: string): (readonly [string, string])[] {
  const rules: [string, string][] = [];
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const at = part.indexOf('=');
    if (at < 0) throw badKeep(part === '' ? text : part);
    const [name, spec] = [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    const last = rules.at(-1);
    if (last?.[1].includes('=') && PART.test(name)) last[1] += `,${name}=${spec}`;
    else rules.push([name, spec]);
  }
  return rules;
}

function badKeep(value: unknown): HalfnoteError {
  const shown = typeof value === 'string' ? `"${value}"` : inspect(value, { depth: 0 });
  return new HalfnoteError(
    'invalid-keep',
    `${shown} doesn't say which layer to keep in what; allowed are a layer's name or a pattern, = ` +
      'and a policy, several with commas between.',
    'For example: keep: "dense_3=fp32,conv*=bf16", or { dense_3: "fp32", "conv*": "bf16" }.',
  );
}

/** True for a pattern that can match several layers. */
export function isPattern(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/** True when the pattern matches the layer's own name or its path. `*` matches slashes too. */
export function matches(pattern: string, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (!isPattern(pattern)) return pattern === name || pattern === path;
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`);
  return expression.test(name) || expression.test(path);
}
