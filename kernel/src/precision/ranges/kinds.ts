import type { RangeLayer } from '../../payloads/ranges/schema';

/** What can be recorded, as users name it, and the kind of the rows that it gives. */
export const RECORDABLE = {
  gradients: 'gradient',
  weights: 'weight',
  activations: 'activation',
  'activation-gradients': 'activation-gradient',
} as const satisfies Readonly<Record<string, RangeLayer['kind']>>;

export type Recordable = keyof typeof RECORDABLE;

export const RECORDABLES = Object.keys(RECORDABLE) as readonly Recordable[];

/** Order in which kinds are shown. */
const KINDS: readonly RangeLayer['kind'][] = Object.values(RECORDABLE);

export function byKind(a: RangeLayer, b: RangeLayer): number {
  return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
}
