/**
 * Runs a model layer by layer, with masks as Keras hands them on: tfjs's own way through a model hands a
 * mask on to layers that it isn't for, and frees values that are still read.
 */

/** @returns {{ value: object, mask?: object }[]} of the outputs */
export function runModel(tf, model, inputs, kwargs = {}) {
  const known = new Map(model.inputs.map(({ id }, i) => [id, inputs[i]]));
  const depths = Object.keys(model.nodesByDepth).map(Number);
  for (const depth of depths.sort((a, b) => b - a)) {
    for (const { outboundLayer: layer, inputTensors, outputTensors } of model.nodesByDepth[depth]) {
      if (layer.getClassName() === 'InputLayer') continue;
      const given = inputTensors.map(({ id }) => known.get(id));
      const results =
        layer.nodesByDepth === undefined
          ? runLayer(tf, layer, given, kwargs)
          : runModel(tf, layer, given, kwargs);
      outputTensors.forEach(({ id }, i) => known.set(id, results[i]));
    }
  }
  return model.outputs.map(({ id }) => known.get(id));
}

function runLayer(tf, layer, given, kwargs) {
  const values = given.map(({ value }) => value);
  const [{ mask }] = given;
  // A mask of steps doesn't change a softmax over the features of each.
  const isRead = mask !== undefined && layer.getClassName() !== 'Softmax';
  const outputs = layer.apply(values.length === 1 ? values[0] : values, {
    ...kwargs,
    ...(isRead ? { mask } : {}),
  });
  const next = maskAfter(tf, layer, given);
  return [outputs].flat().map((value, i) => ({ value, mask: i === 0 ? next : undefined }));
}

function maskAfter(tf, layer, given) {
  const [{ value, mask }] = given;
  const name = layer.getClassName();
  if (name === 'Masking') return tf.any(tf.notEqual(value, layer.maskValue), -1);
  if (name === 'Embedding') return layer.maskZero ? tf.notEqual(value, 0) : undefined;
  if (!layer.supportsMasking || name === 'Dot') return undefined;
  if (given.length === 1) return layer.returnSequences === false ? undefined : mask;
  const masked = given.filter((one) => one.mask !== undefined);
  if (masked.length === 0) return undefined;
  const isAlongSteps = name === 'Concatenate' && layer.axis === 1;
  if (!isAlongSteps) return masked.map((one) => one.mask).reduce((a, b) => tf.logicalAnd(a, b));
  return tf.concat(
    given.map((one) => one.mask ?? tf.ones(one.value.shape.slice(0, 2), 'bool')),
    1,
  );
}
