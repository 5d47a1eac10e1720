/**
 * A chain of convolutions, dense layers and a pool over all pixels as a frozen graph of TensorFlow, with the
 * nodes that TensorFlow.js's converter writes for such a Keras model.
 * @param {typeof import('@tensorflow/tfjs')} tf
 * @param {import('@tensorflow/tfjs').Sequential} model
 */
export async function frozenGraph(tf, model) {
  const weights = {};
  const shape = model.inputs[0].shape.map((size) => ({ size: String(size ?? -1) }));
  const nodes = [
    {
      name: 'x',
      op: 'Placeholder',
      attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: shape } } },
    },
  ];
  const constant = (name, tensor) => {
    weights[name] = tensor;
    const type = tensor.dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT';
    nodes.push({ name, op: 'Const', attr: { dtype: { type } } });
    return name;
  };
  let last = 'x';
  for (const layer of model.layers) {
    const [kernel, bias] = layer.getWeights();
    const { strides, padding, activation } = layer.getConfig();
    const { name } = layer;
    if (kernel === undefined) {
      const axes = constant(`${name}/axes`, tf.tensor1d([1, 2], 'int32'));
      nodes.push({ name, op: 'Mean', input: [last, axes], attr: { keep_dims: { b: false } } });
    } else {
      const input = [last, constant(`${name}/kernel`, kernel), constant(`${name}/bias`, bias)];
      const fused = ['BiasAdd', ...(activation === 'relu' ? ['Relu'] : [])];
      const attr = { fused_ops: { list: { s: fused.map(base64) } }, num_args: { i: '1' } };
      if (kernel.rank === 2) nodes.push({ name, op: '_FusedMatMul', input, attr });
      else {
        const along = { list: { i: ['1', ...strides.map(String), '1'] } };
        const window = { strides: along, padding: { s: base64(padding.toUpperCase()) } };
        const dilations = { list: { i: ['1', '1', '1', '1'] } };
        nodes.push({
          name,
          op: '_FusedConv2D',
          input,
          attr: { ...attr, ...window, dilations, data_format: { s: base64('NHWC') } },
        });
      }
    }
    last = name;
  }
  const { data, specs } = await tf.io.encodeWeights(weights);
  return tf.loadGraphModel(
    tf.io.fromMemory({
      modelTopology: { versions: { producer: 1, minConsumer: 0 }, node: nodes },
      weightSpecs: specs,
      weightData: data,
    }),
  );
}

function base64(text) {
  return Buffer.from(text).toString('base64');
}
