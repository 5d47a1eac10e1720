import type { CastPlanner, ComputeFormat, DeviceFacts } from '../../backend/contract';
import { hasNativeBackend } from '../../backend/load';
import { setCastPlanner } from '../../backend/planner';
import { castPlanner } from '../cast-planner';
import { setProductRounding, type ProductRounding } from '../products/around-products';
import { productRounding } from '../products/rounding';

const planners: Readonly<Record<'bf16' | 'fp16', CastPlanner>> = {
  bf16: castPlanner('bf16'),
  fp16: castPlanner('fp16'),
};

/** A layer that is kept in fp32 computes in it whatever reaches it, as a Keras layer of that dtype. */
const allInFp32: CastPlanner = () => 'fp32';

/** FP8 remembers the scales of tensors over the steps, also where each step has a scope of its own. */
const recipes = new Map<ComputeFormat, ProductRounding | undefined>();

/** Lets the scales of simulated formats start anew. */
export function forgetRecipes(): void {
  recipes.clear();
}

/**
 * Makes the backend compute in a format.
 *
 * @param keptLayer True within a layer that has a policy of its own.
 */
export function computeIn(compute: ComputeFormat, keptLayer: boolean, facts: DeviceFacts): void {
  setCastPlanner(hasNativeBackend() ? plannerOf(compute, keptLayer) : undefined);
  if (!recipes.has(compute)) recipes.set(compute, productRounding(compute, facts));
  setProductRounding(recipes.get(compute));
}

function plannerOf(compute: ComputeFormat, keptLayer: boolean): CastPlanner | undefined {
  switch (compute) {
    case 'fp16':
    case 'bf16':
      return planners[compute];
    case 'fp8':
      return planners.bf16;
    case 'fp32':
    case 'tf32':
      return keptLayer ? allInFp32 : undefined;
  }
}
