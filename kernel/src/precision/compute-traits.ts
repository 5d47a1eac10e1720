import type { ComputeFormat } from '../backend/contract';

/** What follows from a policy's compute format, whatever the device; its results and gradients are in `USES`. */
export interface ComputeTraits {
  /**
   * What keeps small gradients from becoming zero. `none`: nothing has to, the range is fp32's;
   * `loss`: one factor on the loss; `tensors`: a recipe that scales each input of a product.
   */
  readonly scaling: 'none' | 'loss' | 'tensors';
  /** Where products round what they read: to what, forward and backward, and that in words. */
  readonly products?: {
    readonly forward: string;
    readonly backward: string;
    readonly why: string;
  };
}

/** Of each format that a policy can compute in. */
export const COMPUTE_TRAITS: Readonly<Record<ComputeFormat, ComputeTraits>> = {
  fp32: { scaling: 'none' },
  tf32: {
    scaling: 'none',
    products: {
      forward: 'tf32 × tf32',
      backward: 'tf32 × tf32',
      why: 'inputs of products rounded to tf32',
    },
  },
  bf16: { scaling: 'none' },
  fp16: { scaling: 'loss' },
  // More digits for operands, more range for gradients.
  fp8: {
    scaling: 'tensors',
    products: {
      forward: 'E4M3 × E4M3',
      backward: 'E5M2 × E4M3',
      why: 'products round what they read to FP8 (E4M3, and E5M2 for gradients), multiply that as bf16, and keep the result in bf16',
    },
  },
};
