import { HalfnoteError } from '../errors';

/** A layer whose weights share a scale by `group` along their depth. */
export interface GroupedLayer {
  readonly layer: string;
  readonly depth: number;
  readonly group: number;
}

/** @throws HalfnoteError `invalid-group`, which names all layers whose depth the groups don't divide. */
export function checkGroups(layers: readonly GroupedLayer[]): void {
  const bad = layers.filter(({ depth, group }) => depth % group !== 0);
  const [first] = bad;
  if (first === undefined) return;
  const names = [...new Set(bad.map(({ layer }) => layer))];
  const hint = `Or leave ${names.length === 1 ? 'it' : 'them'} in float: exclude: '${names.join(',')}' (--exclude ${names.join(',')}); or with a scale for each channel: layers: { ${names.map((name) => `'${name}': { granularity: 'per-channel' }`).join(', ')} }.`;
  if (names.length === 1) {
    throw new HalfnoteError(
      'invalid-group',
      `Groups of ${first.group} do not divide the depth of layer '${first.layer}', which is ${first.depth}. Allowed: ${divisors(first.depth).join(', ')}.`,
      hint,
    );
  }
  const each = bad.map(({ layer, depth, group }) => `'${layer}' (${depth} by ${group})`);
  const common = divisors(layers.map(({ depth }) => depth).reduce(greatestCommonDivisor));
  throw new HalfnoteError(
    'invalid-group',
    `Groups do not divide the depth of ${bad.length} layers: ${[...new Set(each)].join(', ')}. Allowed for all layers: ${common.join(', ')}.`,
    hint,
  );
}

function divisors(depth: number): number[] {
  return Array.from({ length: depth }, (_, i) => i + 1).filter((n) => depth % n === 0);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
