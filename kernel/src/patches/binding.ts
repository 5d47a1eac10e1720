import { native, type TfBinding } from '../backend/binding';
import type { Undo } from './methods';

/**
 * Puts functions in front of the addon's own until it is undone: the addon's can't be replaced, an
 * object in front of it can.
 */
export function overrideBinding(overrides: (binding: TfBinding) => Partial<TfBinding>): Undo {
  const backend = native() as { binding: TfBinding };
  const { binding } = backend;
  const inFront = Object.entries(overrides(binding)).map(([name, value]) => [name, { value }]);
  backend.binding = Object.create(
    binding,
    Object.fromEntries(inFront) as PropertyDescriptorMap,
  ) as TfBinding;
  return () => {
    backend.binding = binding;
  };
}
