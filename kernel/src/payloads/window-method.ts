import type { EnergyWindow } from './schemas';
import { ABSENT } from '../display/units';

/** `measured`, `modelled`, or both where the parts differ. */
export function windowMethod({ parts }: EnergyWindow): string {
  const methods = [...new Set(parts.map((part) => part.method))].sort();
  return methods.length === 0 ? ABSENT : methods.join(' + ');
}
