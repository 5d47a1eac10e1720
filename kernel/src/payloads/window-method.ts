import type { EnergyWindow } from './schemas';
import { ABSENT } from '../display/units';

/** `counter`, `modelled`, or all of them where the parts differ. */
export function windowMethod({ parts }: EnergyWindow): string {
  const methods = [...new Set(parts.map((part) => part.method))].sort();
  return methods.length === 0 ? ABSENT : methods.join(' + ');
}
