import type { SourceKey } from './sources';

/** What a claim is about. */
export const QUANTITIES = ['speed', 'memory', 'energy', 'accuracy'] as const;

export type Quantity = (typeof QUANTITIES)[number];

/** What was done in the format. `arithmetic`: products or peaks alone, no network. */
export type Use = 'training' | 'inference' | 'arithmetic' | 'KV cache';

/** On what kind of machine; `any` where it is a matter of bits alone. */
export type HardwareClass = 'cpu' | 'gpu' | 'other' | 'any';

/** How the source came to its figure. */
export type How = 'measured' | 'documented' | 'modelled' | 'peak' | 'counted';

/** What of the source was read. */
export type SourceText = 'abstract' | 'full text' | 'documentation' | 'web page' | 'repository';

/** Figures that follow from a source's own, with the arithmetic: expressions of numbers. */
export interface Derivation {
  readonly low?: string;
  readonly high?: string;
}

/** What a publication says about a number format. */
export interface Claim {
  /** For references: `huang2020-speed`. */
  readonly id: string;
  /** As `compare` names them; of `KV cache` the format of keys and values. */
  readonly formats: readonly string[];
  readonly quantity: Quantity;
  /**
   * Speed: how many times as fast. Memory and energy: the fraction saved, negative where more is taken.
   * Null: open on that side, or said in words only.
   */
  readonly low: number | null;
  readonly high: number | null;
  /** In words, where no interval says it. */
  readonly says?: string;
  /** The format that it is relative to. */
  readonly against: string;
  readonly use: Use;
  readonly hardwareClass: HardwareClass;
  readonly hardware: string;
  /** Network, software, batch. */
  readonly conditions: string;
  readonly how: How;
  readonly source: SourceKey;
  /** What of the source was read for this claim. */
  readonly seen: SourceText;
  /** Where the source gives other figures, from which these follow. */
  readonly derived?: Derivation;
  /** What speaks against relying on it. */
  readonly caution?: string;
}
