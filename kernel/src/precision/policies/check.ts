import type { LayersModel } from '@tensorflow/tfjs';
import { HalfnoteError, nearest } from '../../errors';
import { COMPUTE_TRAITS } from '../compute-traits';
import type { Policy } from '../policy';
import { isPattern, matches, type KeepRule } from './keep';
import type { KeptLayers } from './kept-layers';
import { hasFp8Recipe } from './recipe';
import { layersOf, type ModelLayer } from '../../models/inner-layers';

/**
 * Looks a model through before it is used under a policy: each rule must meet a layer of it, or have
 * met one of another model, and fp8 must have a recipe. Before any weight changes.
 * @throws HalfnoteError `unknown-layer` with the model's layers and the nearest names, `no-fp8-recipe`
 * with the layers that have one.
 */
export function checkModel(model: LayersModel, policy: Policy, keep: KeptLayers): void {
  if ((keep.isEmpty && !hasRecipe(policy)) || keep.checked.has(model)) return;
  const layers = layersOf(model);
  for (const rule of keep.rules) {
    const fitting = layers.filter(({ path }) => matches(rule.pattern, path));
    if (fitting.length === 0 && !keep.met.has(rule)) {
      throw unknownLayer(rule, `the model "${model.name}"`, paths(layers));
    }
    if (fitting.length > 0 && hasRecipe(rule.policy)) checkRecipe(rule, fitting, layers);
  }
  const recipes = layers.some(({ layer }) => hasFp8Recipe(layer));
  if (hasRecipe(policy) && layers.length > 0 && !recipes) {
    throw new HalfnoteError(
      'no-fp8-recipe',
      `No layer of the model "${model.name}" has an FP8 recipe: ${kinds(layers)}.`,
      'The recipe is for layers that multiply by a matrix or kernel (dense, convolution, recurrent, attention). Use bf16 here.',
    );
  }
  for (const rule of keep.rules) {
    if (layers.some(({ path }) => matches(rule.pattern, path))) keep.met.add(rule);
  }
  keep.checked.add(model);
}

/**
 * Before an optimizer's step: layers may run without a model, but by then each rule must have met one.
 * @throws HalfnoteError `unknown-layer`; the step has changed nothing.
 */
export function checkStep(keep: KeptLayers): void {
  if (keep.isEmpty) return;
  const [rule] = keep.unmet;
  if (rule !== undefined) throw unknownLayer(rule, 'what ran', keep.seen);
}

function hasRecipe({ compute }: Policy): boolean {
  return COMPUTE_TRAITS[compute].scaling === 'tensors';
}

function checkRecipe(
  rule: KeepRule,
  fitting: readonly ModelLayer[],
  layers: readonly ModelLayer[],
): void {
  const without = fitting.filter(({ layer }) => !hasFp8Recipe(layer));
  // A pattern may meet other layers on its way: they go on as the session says.
  if (without.length === 0 || (isPattern(rule.pattern) && without.length < fitting.length)) return;
  const recipes = layers.filter(({ layer }) => hasFp8Recipe(layer));
  throw new HalfnoteError(
    'no-fp8-recipe',
    `${kinds(without)} of "${rule.text}" has no FP8 recipe: it multiplies by no matrix or kernel.`,
    recipes.length === 0
      ? 'No layer of the model has one.'
      : `Layers that have one: ${paths(recipes).join(', ')}.`,
  );
}

function unknownLayer(rule: KeepRule, where: string, names: readonly string[]): HalfnoteError {
  const near = isPattern(rule.pattern) ? [] : nearest(rule.pattern, names);
  const layers = names.length === 0 ? 'it has none' : `its layers are ${names.join(', ')}`;
  return new HalfnoteError(
    'unknown-layer',
    `No layer of ${where} matches "${rule.pattern}" in keep "${rule.text}"; ${layers}.`,
    (near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : '') +
      'Weights are as they were. For a model without such a layer use withPrecision.',
  );
}

function paths(layers: readonly ModelLayer[]): string[] {
  return layers.map(({ path }) => path);
}

function kinds(layers: readonly ModelLayer[]): string {
  return layers.map(({ path, layer }) => `${path} (${layer.getClassName()})`).join(', ');
}
