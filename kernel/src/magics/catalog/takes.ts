/** What magics take as expressions, in the words of their errors. */
export const TAKES = {
  model: 'a model of tf.sequential() or tf.model()',
  modelOrOnnx: 'a model of tf.sequential(), tf.model() or loadOnnx()',
  anyModel: 'a model, in float or quantized',
  quantized: 'what quantize() or convertQat() gave of a model of tfjs',
  tensors: 'a tensor, or an array of tensors for several inputs or outputs',
  typical: 'a tensor of typical inputs, or an array of tensors',
  sized: 'a model, or an object { layers, heads, headDim, sequence }',
  run: 'a measured run, such as measureEnergy() gives',
  ratios: 'what %compare gives, or a list of { name, energyRatio, source }',
  view: 'a result that shows a table or a chart, such as %compare gives',
  tokens: 'a text, or an array of tokens',
} as const;
