/** A model of tfjs from what `generate` says of it, with its weights in place. */
import { inputValues, weightValues } from './data.mjs';

/** @param {{ tf: object, own: object }} kit tfjs, and our layers by the names of their functions */
export function buildLayer(kit, { kind, args, own }, name) {
  const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
  if (given.layer !== undefined) given.layer = buildLayer(kit, given.layer, `${name}_inner`);
  return (own ? kit.own : kit.tf.layers)[kind]({ ...given, name });
}

export function build(kit, spec, name = 'fuzzed') {
  const { tf } = kit;
  const values = new Map();
  const layers = new Map();
  for (const { id, shape, dtype } of spec.inputs) {
    values.set(id, tf.input({ shape, name: id, ...(dtype ? { dtype } : {}) }));
  }
  for (const { id, layer, model, again, as = id, from } of spec.nodes) {
    const made =
      again !== undefined
        ? layers.get(again)
        : model !== undefined
          ? build(kit, { ...model, seed: spec.seed }, as)
          : buildLayer(kit, layer, as);
    layers.set(id, made);
    const inputs = from.map((source) => values.get(source));
    values.set(id, made.apply(inputs.length === 1 ? inputs[0] : inputs));
  }
  const built = tf.model({
    inputs: spec.inputs.map(({ id }) => values.get(id)),
    outputs: spec.outputs.map((id) => values.get(id)),
    name,
  });
  for (const [id, layer] of layers) {
    const { style, layer: said, as = id } = spec.nodes.find((node) => node.id === id);
    if (said !== undefined) setWeights(tf, layer, spec, as, style);
  }
  return built;
}

function setWeights(tf, layer, spec, id, style) {
  const given = layer.weights;
  if (given.length === 0) return;
  const tensors = given.map(({ originalName, shape }, index) =>
    tf.tensor(weightOf(spec, id, index, { name: originalName, shape, style }), shape),
  );
  layer.setWeights(tensors);
  for (const tensor of tensors) tensor.dispose();
}

function weightOf(spec, id, index, description) {
  const values = weightValues(spec.seed, id, index, description);
  const zeros = spec.zeros?.[`${id}/${index}`];
  return zeros ? new Float32Array(values.length) : values;
}

export function inputTensors({ tf }, spec) {
  return inputValues(spec).map((values, i) => {
    const { shape, dtype } = spec.inputs[i];
    return dtype === 'int32'
      ? tf.tensor(Int32Array.from(values), [spec.rows, ...shape], 'int32')
      : tf.tensor(values, [spec.rows, ...shape]);
  });
}
