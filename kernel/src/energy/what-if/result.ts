import type { Quantity } from '../../quantities/quantity';
import type { Money } from '../carbon/money';
import type { Boundary } from './run';

export const SCENARIO_KINDS = ['base', 'region', 'hour', 'precision', 'devices'] as const;

/** The run as it was, or with one thing changed. */
export interface Scenario {
  readonly kind: (typeof SCENARIO_KINDS)[number];
  readonly name: string;
  readonly energyJ: Quantity;
  readonly durationS: Quantity | null;
  readonly gramsPerKWh: Quantity;
  /** With the PUE. */
  readonly co2eG: Quantity;
  readonly cost: Money | null;
  /** Its CO2e over the base's; null for the base. What both share, as the joules, cancels. */
  readonly ofBase: Quantity | null;
  /** What is taken for granted in it. */
  readonly assumptions: readonly string[];
}

export interface WhatIfResult {
  readonly run: string;
  readonly boundary: Boundary;
  readonly pue: number;
  /** The base first. */
  readonly scenarios: readonly Scenario[];
  /** What is taken for granted in all of them. */
  readonly assumptions: readonly string[];
}
