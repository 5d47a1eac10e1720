import { native, type TfBinding } from '../backend/binding';
import { opByOp } from '../backend/deferred/steps';
import type { Undo } from './methods';

/**
 * Puts functions in front of the addon's own until it is undone: the addon's can't be replaced, an
 * object in front of it can. Until then each op runs by itself.
 */
export function overrideBinding(overrides: (binding: TfBinding) => Partial<TfBinding>): Undo {
  const backend = native() as { binding: TfBinding };
  const leave = opByOp();
  const { binding } = backend;
  const inFront = Object.entries(overrides(binding)).map(([name, value]) => [name, { value }]);
  backend.binding = Object.create(
    binding,
    Object.fromEntries(inFront) as PropertyDescriptorMap,
  ) as TfBinding;
  return () => {
    backend.binding = binding;
    leave();
  };
}
