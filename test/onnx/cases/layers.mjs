/** A model for each kind of layer and each of its options that changes what is computed. */
import { attention } from './layers/attention.mjs';
import { activations, advanced, dense } from './layers/dense.mjs';
import { convolutions, pools, globals } from './layers/images.mjs';
import { recurrent, wrapped } from './layers/recurrent.mjs';
import { shapes, normalizations, merges, joins } from './layers/values.mjs';

export const layerModels = {
  ...activations,
  ...advanced,
  ...dense,
  ...convolutions,
  ...pools,
  ...globals,
  ...shapes,
  ...normalizations,
  ...merges,
  ...joins,
  ...attention,
  ...recurrent,
  ...wrapped,
};
