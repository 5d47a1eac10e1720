import { backendOverrides } from './backend-overrides';
import { batchNormalization } from './batch-normalization';
import { biasGradient } from './bias-gradient';
import { causalConvolution } from './causal-convolution';
import { channelsFirst } from './channels-first';
import { conv3dTransposeGradient } from './conv3d-transpose-gradient';
import { cumsumGradient } from './cumsum-gradient';
import { dilatedDepthwise } from './dilated-depthwise';
import { dilatedGradients } from './dilated-gradients';
import { fusedGradients } from './fused-gradients';
import { extremeGradients } from './extreme-gradients';
import { gradients } from './gradients';
import { modelInspection } from './inspect-models';
import { tensorInspection } from './inspect-tensors';
import { interrupts } from './interrupts';
import { layerState } from './layer-state';
import { layerPatches } from './layers';
import { loaderPatches } from './loaders';
import { missingKernels } from './missing-kernels';
import { maskPatches } from './masks';
import { maskedSoftmax, mergedMasks } from './merged-masks';
import { maxPool3dGradient } from './max-pool-3d-gradient';
import { modelPatches } from './models';
import { noOps } from './no-ops';
import { optimizerPatches } from './optimizers';
import { otherMeanings } from './other-meanings';
import type { InstancePatch, Patch } from './patch';
import { predictLoop } from './predict-loop';
import { pointwiseFilterGradient } from './pointwise-filter-gradient';
import { prelu } from './prelu';
import { productPatches } from './products';
import { epochLog, progressBar } from './progress-bar';
import { recurrentStates } from './recurrent-states';
import { reductionGradients } from './reduction-gradients';
import { refusedTypes } from './refused-types';
import { reluGradient } from './relu-gradient';
import { rewritten } from './rewritten';
import { saving } from './saving';
import { seeded } from './seeded';
import { runSavedModel, savedModelPatches } from './saved-models';
import { tape } from './tape';
import { makeTestFunction } from './test-function';
import { tileGradient } from './tile-gradient';
import { unpackGradient } from './unpack-gradient';
import { variables } from './variables';
import { windowPadding } from './window-padding';

/** What is changed in each instance of tfjs's native backend. */
export const INSTANCE_PATCHES: readonly InstancePatch[] = [...backendOverrides, runSavedModel];

/** All else that is changed in tfjs, in the order in which it is put in. */
export const PATCHES: readonly Patch[] = [
  epochLog,
  progressBar,
  tensorInspection,
  ...modelInspection,
  // The engine.
  interrupts,
  gradients,
  tape,
  variables,
  // Kernels: what stands later is outside.
  ...missingKernels,
  refusedTypes,
  ...otherMeanings,
  prelu,
  ...dilatedDepthwise,
  pointwiseFilterGradient,
  ...windowPadding,
  ...channelsFirst,
  ...noOps,
  biasGradient,
  ...productPatches,
  // What draws at random.
  ...seeded,
  // Gradients of ops.
  ...reductionGradients,
  ...extremeGradients,
  reluGradient,
  tileGradient,
  unpackGradient,
  conv3dTransposeGradient,
  cumsumGradient,
  ...dilatedGradients,
  ...fusedGradients,
  maxPool3dGradient,
  // Layers, models and optimizers.
  ...rewritten,
  batchNormalization,
  ...causalConvolution,
  ...saving,
  recurrentStates,
  ...layerPatches,
  ...maskPatches,
  predictLoop,
  makeTestFunction,
  ...mergedMasks,
  maskedSoftmax,
  ...layerState,
  ...modelPatches,
  ...loaderPatches,
  ...savedModelPatches,
  ...optimizerPatches,
];
