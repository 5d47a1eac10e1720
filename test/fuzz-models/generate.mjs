/** Random models as data, from a seed. */
import { buildLayer } from './build.mjs';
import { KINDS, RECURRENT, STEPPED } from './layers.mjs';
import { Random } from './random.mjs';
import { INPUT_STYLES, WEIGHT_STYLES } from './data.mjs';

const SHAPES = [
  (r) => [r.int(1, 8)],
  (r) => [r.int(1, 6), r.int(1, 5)],
  (r) => [r.int(3, 8), r.int(3, 8), r.int(1, 4)],
  (r) => [r.int(3, 8), r.int(3, 8), r.int(1, 4)],
  (r) => [r.int(2, 4), r.int(2, 4), r.int(2, 4), r.int(1, 2)],
];

/** Elements of one value, beyond which a model isn't small. */
const MOST_ELEMENTS = 600;

/**
 * @param {number} seed
 * @param {object} kit tfjs and our layers, as `build` takes them: for the shapes that layers give
 */
export function generate(seed, kit) {
  const random = new Random(seed);
  const growing = new Growing(random, kit, '');
  const inputs = random.chance(0.25) ? 2 : 1;
  const shape = random.pick(SHAPES)(random);
  for (let i = 0; i < inputs; i++) {
    if (random.chance(0.12)) growing.addTokens();
    else growing.addInput(i > 0 && random.chance(0.5) ? random.pick(SHAPES)(random) : shape);
  }
  growing.grow(random.int(1, 6));
  const spec = growing.finish();
  const rows = random.chance(0.25) ? 1 : random.int(2, 5);
  return { seed, rows, ...spec };
}

class Growing {
  #random;
  #kit;
  #prefix;
  #values = new Map();
  #layers = new Map();
  inputs = [];
  nodes = [];

  constructor(random, kit, prefix) {
    this.#random = random;
    this.#kit = kit;
    this.#prefix = prefix;
  }

  addInput(shape) {
    const id = `${this.#prefix}x${this.inputs.length}`;
    const style = this.#random.chance(0.5) ? 'normal' : this.#random.pick(INPUT_STYLES);
    this.inputs.push({ id, shape, style });
    this.#values.set(id, this.#kit.tf.input({ shape, name: id }));
  }

  /** Whole numbers, looked up in a table. */
  addTokens() {
    const random = this.#random;
    const id = `${this.#prefix}x${this.inputs.length}`;
    const tokens = random.int(2, 12);
    const shape = [random.int(1, 6)];
    const type = random.chance(0.5) ? { dtype: 'int32' } : {};
    this.inputs.push({ id, shape, tokens, ...type });
    this.#values.set(id, this.#kit.tf.input({ shape, name: id, ...type }));
    const args = { inputDim: tokens, outputDim: random.int(1, 5) };
    if (random.chance(0.25)) args.maskZero = true;
    this.#add({ kind: 'embedding', args }, [id]);
  }

  grow(count) {
    for (let tries = 0; this.nodes.length < count + this.inputs.length - 1 && tries < 40; tries++) {
      this.#step();
    }
    if (this.nodes.length === 0)
      this.#add({ kind: 'dense', args: { units: 2 } }, [this.inputs[0].id]);
  }

  #step() {
    const random = this.#random;
    const ids = [...this.#values.keys()].filter((id) => !this.#isTokens(id));
    // Mostly from the last value, so that models are deep; from an earlier one, so that they branch.
    const from = random.chance(0.75) ? ids.at(-1) : random.pick(ids);
    const shape = this.#shapeOf(from);
    const dice = random.next();
    if (dice < 0.05 && this.#prefix === '') return this.#nest(from, shape);
    if (dice < 0.11 && shape.length >= 2) return this.#wrap(from, shape);
    if (dice < 0.16) return this.#share(from, shape);
    const names = Object.keys(KINDS).filter((kind) => KINDS[kind].takes(shape));
    const kind = random.pick(names);
    const { several, args, own } = KINDS[kind];
    const layer = { kind, args: args(random, shape), ...(own ? { own: true } : {}) };
    if (!several) return this.#add(layer, [from]);
    // Not one value twice: tfjs frees it too early.
    const fitting = ids.filter((id) => id !== from && String(this.#shapeOf(id)) === String(shape));
    if (fitting.length === 0) return;
    const others = kind === 'dot' ? [random.pick(fitting)] : fitting.slice(-random.int(1, 2));
    return this.#add(layer, [from, ...others]);
  }

  /** The same layer once more. */
  #share(from, shape) {
    const same = this.nodes.filter(
      ({ again, from: sources }) =>
        again === undefined &&
        sources.length === 1 &&
        !this.#isTokens(sources[0]) &&
        String(this.#shapeOf(sources[0])) === String(shape),
    );
    if (same.length === 0) return;
    const { id } = this.#random.pick(same);
    this.#apply({ id: this.#nextId(), again: id, from: [from] }, this.#layers.get(id));
  }

  #wrap(from, shape) {
    const random = this.#random;
    const inner = shape.slice(1);
    if (shape.length === 2 && random.chance(0.5)) {
      const kind = random.pick(RECURRENT);
      const args = { layer: { kind, args: KINDS[kind].args(random, shape) } };
      delete args.layer.args.goBackwards;
      args.mergeMode = random.pick(['concat', 'sum', 'mul', 'ave']);
      return this.#add({ kind: 'bidirectional', args }, [from]);
    }
    const kind = random.pick(STEPPED.filter((name) => KINDS[name].takes(inner)));
    return this.#add(
      { kind: 'timeDistributed', args: { layer: { kind, args: KINDS[kind].args(random, inner) } } },
      [from],
    );
  }

  /** A model as a layer. */
  #nest(from, shape) {
    const id = this.#nextId();
    const inner = new Growing(this.#random, this.#kit, `${id}_`);
    inner.addInput(shape);
    inner.grow(this.#random.int(1, 3));
    const model = inner.finish(true);
    const { tf } = this.#kit;
    let built;
    try {
      built = tf.model({
        inputs: inner.symbols(model.inputs.map((input) => input.id)),
        outputs: inner.symbols(model.outputs),
        name: id,
      });
    } catch {
      return;
    }
    this.#apply({ id, model, from: [from] }, built);
  }

  #add(layer, from) {
    const id = this.#nextId();
    let built;
    try {
      built = buildLayer(this.#kit, layer, id);
    } catch {
      return;
    }
    this.#apply({ id, layer, from }, built);
  }

  #apply(node, built) {
    const inputs = node.from.map((id) => this.#values.get(id));
    let value;
    try {
      value = built.apply(inputs.length === 1 ? inputs[0] : inputs);
    } catch {
      // A combination that tfjs itself has no place for.
      return;
    }
    const shape = value.shape?.slice(1) ?? [];
    const isSmall =
      shape.length > 0 &&
      shape.every((n) => n > 0) &&
      shape.reduce((a, b) => a * b, 1) <= MOST_ELEMENTS;
    if (!isSmall) return;
    const style = this.#random.chance(0.7) ? 'normal' : this.#random.pick(WEIGHT_STYLES);
    this.nodes.push({ ...node, ...(node.again === undefined ? { style } : {}) });
    this.#layers.set(node.id, built);
    this.#values.set(node.id, value);
  }

  /** What nobody reads is given out, and now and then what somebody reads, too. */
  finish(single = false) {
    const read = new Set(this.nodes.flatMap(({ from }) => from));
    const ends = this.nodes.map(({ id }) => id).filter((id) => !read.has(id));
    const outputs = single ? [ends.at(-1)] : ends.slice(-3);
    if (!single && this.nodes.length > 1 && this.#random.chance(0.1)) {
      const inner = this.#random.pick(this.nodes).id;
      if (!outputs.includes(inner)) outputs.push(inner);
    }
    return pruned({ inputs: this.inputs, nodes: this.nodes, outputs });
  }

  symbols(ids) {
    return ids.map((id) => this.#values.get(id));
  }

  #nextId() {
    return `${this.#prefix}n${this.nodes.length}`;
  }
  #shapeOf(id) {
    return this.#values.get(id).shape.slice(1);
  }
  #isTokens(id) {
    return this.inputs.some((input) => input.id === id && input.tokens !== undefined);
  }
}

/** Without what no output needs; a layer that is used again becomes the first of its uses that is left. */
export function pruned({ inputs, nodes, outputs, ...rest }) {
  const needed = new Set(outputs);
  for (const { id, from } of nodes.toReversed()) {
    if (needed.has(id)) for (const source of from) needed.add(source);
  }
  const renamed = new Map();
  const left = [];
  for (const node of nodes.filter(({ id }) => needed.has(id))) {
    if (
      node.again === undefined ||
      left.some(({ id }) => id === (renamed.get(node.again) ?? node.again))
    ) {
      left.push(
        node.again === undefined ? node : { ...node, again: renamed.get(node.again) ?? node.again },
      );
      continue;
    }
    const source = nodes.find(({ id }) => id === node.again);
    renamed.set(node.again, node.id);
    const { layer, model, style } = source;
    left.push({
      id: node.id,
      from: node.from,
      ...(layer ? { layer } : { model }),
      style,
      ...(source.as ? { as: source.as } : { as: source.id }),
    });
  }
  return { ...rest, inputs: inputs.filter(({ id }) => needed.has(id)), nodes: left, outputs };
}
