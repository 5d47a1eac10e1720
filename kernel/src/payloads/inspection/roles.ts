import { HUE } from '../../display/hues';
import type { BitField } from '../../formats/results';

interface RoleStyle {
  readonly name: string;
  readonly letter: string;
  readonly hue: string;
  /** The line under the field: what tells the fields apart without color. */
  readonly line: 'solid' | 'dashed' | 'dotted' | 'double';
}

export const ROLES: Readonly<Record<BitField['role'], RoleStyle>> = {
  sign: { name: 'sign', letter: 's', hue: HUE.underflow, line: 'solid' },
  exponent: { name: 'exponent', letter: 'e', hue: HUE.normal, line: 'dashed' },
  significand: { name: 'significand', letter: 'm', hue: '#2f9e6e', line: 'dotted' },
  integer: { name: 'integer', letter: 'i', hue: '#2f9e6e', line: 'dotted' },
  index: { name: 'place in the table', letter: 'k', hue: HUE.overflow, line: 'double' },
};
