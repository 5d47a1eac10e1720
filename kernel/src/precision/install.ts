/**
 * Hands to the patches of tfjs what training and models do under the policy in force, with unchanged
 * user code.
 */
import { hearStopTraining } from '../energy/budget/stop-training';
import { whileFitting } from '../energy/training/running-fits';
import { setGradientStage } from '../patches/gradients';
import { aroundLayers, setLayerCall } from '../patches/layers';
import { setStateListener } from '../patches/layer-state';
import { setBatchHandlers, setModelHandlers, setOptimizerNames } from '../patches/models';
import { addOptimizer, setMinimize, setOptimizerStep } from '../patches/optimizers';
import { setGradientRule } from '../patches/tape';
import { onVariableDisposed } from '../patches/variables';
import { releaseBacking } from './optimizers/backing';
import { optimizerNamed } from './optimizers/names';
import { RuleOptimizer } from './optimizers/optimizer';
import { backwardRule } from './policies/backward';
import { inLayer } from './policies/in-layer';
import { modelCall, modelHandlers } from './policies/models';
import { recordedLayer } from './ranges/activations';
import { applyUnderPolicy } from './training/apply';
import { gradientsUnderPolicy } from './training/gradients';
import { whileMinimizing } from './training/minimize';
import { release, stateListener } from './training/step-state';
import { batchHandlers } from './training/watch-batches';

setGradientStage('policy', gradientsUnderPolicy);
setOptimizerStep(applyUnderPolicy);
setMinimize(whileMinimizing);
addOptimizer(RuleOptimizer.prototype);
setOptimizerNames(optimizerNamed);
setBatchHandlers(batchHandlers);
setModelHandlers({
  ...modelHandlers,
  // An energy budget may end it.
  fit: (model, run) => whileFitting(model, () => modelHandlers.fit(model, run)),
});
hearStopTraining();
setStateListener(stateListener);
setGradientRule(backwardRule);
setLayerCall(inLayer);
aroundLayers(modelCall);
aroundLayers(recordedLayer);
onVariableDisposed(releaseBacking);
onVariableDisposed(release);
