import * as tf from '@tensorflow/tfjs';
import { ensureBackend } from '../backend/load';
import type { DeviceFacts } from '../backend/contract';
import { calibrate } from './calibrate';
import { chooseProduct, notNative, weightRange } from './choose';
import { foldNorm, foldableNorm } from './fold';
import { type LinearLayer, readLinear } from './linear-layer';
import { type QuantizeOptions, type QuantizeSettings, checkModel, settle } from './options';
import type { ActivationScheme, LinearSpec, Product } from './product';
import { outputChannels } from './product';
import { QuantizedModel } from './quantized-model';
import type { LayerReport } from './report';
import { type AffineParams, INT8 } from './scheme';
import { SimulatedProduct } from './simulated-product';
import { cloneModel, type FoundLayer, walkLayers } from './walk';
import { quantizeWeights } from './weights';

/**
 * A copy of `model` with int8 weights (symmetric, per output channel) and uint8 activations
 * (asymmetric, per tensor). Dense, conv2d and depthwise layers run in integer kernels where this
 * machine has exact ones; batch normalization is folded into the layer before it; all else stays
 * in float and is named in the result's `layers`. The model itself is not changed.
 *
 * Modes: `dynamic` takes the activations' range from each batch, `static` from `calibrate`,
 * `weight-only` keeps activations in float. Default: `static` with `calibrate`, else `dynamic`.
 *
 * @throws HalfnoteError `unsupported-model`, `unknown-...` (option names), `calibration-missing`,
 *   `calibration-empty`, `calibration-mismatch`.
 */
export async function quantize(
  model: tf.LayersModel,
  options: QuantizeOptions = {},
): Promise<QuantizedModel> {
  checkModel(model, 'quantize');
  const settings = settle(options);
  const facts = await ensureBackend();
  const clone = await cloneModel(model);
  const parts = new Conversion(clone, settings, facts);
  try {
    parts.convert();
  } catch (error) {
    parts.dispose();
    throw error;
  }
  return new QuantizedModel({
    name: model.name,
    mode: settings.mode,
    model: clone,
    products: parts.products,
    layers: parts.reports,
    floatWeights: parts.floatWeights(),
    notes: notes(parts.reports, settings, facts),
  });
}

interface Target extends FoundLayer {
  readonly linear: LinearLayer;
  readonly norm: tf.layers.Layer | undefined;
}

/** Replaces the `call` of a cloned model's layers by integer products, and frees their floats. */
class Conversion {
  readonly products: Product[] = [];
  readonly reports: LayerReport[] = [];
  readonly #freed = new Set<unknown>();

  constructor(
    private readonly model: tf.LayersModel,
    private readonly settings: QuantizeSettings,
    private readonly facts: DeviceFacts,
  ) {}

  convert(): void {
    const found = walkLayers(this.model);
    const targets = new Map<tf.layers.Layer, Target>();
    const folded = new Map<tf.layers.Layer, string>();
    const reasons = new Map<tf.layers.Layer, string>();
    for (const item of found) {
      const linear = readLinear(item.layer);
      if ('reason' in linear) {
        reasons.set(item.layer, linear.reason);
        continue;
      }
      const norm = foldableNorm(item.layer, linear, item.model);
      if (norm !== undefined) folded.set(norm, item.name);
      targets.set(item.layer, { ...item, linear, norm });
    }
    const { mode, examples, observer } = this.settings;
    const params =
      mode === 'static' && examples !== undefined
        ? calibrate(this.model, [...targets.values()], examples, observer)
        : undefined;
    for (const { name, layer } of found) {
      const target = targets.get(layer);
      const into = folded.get(layer);
      if (target !== undefined) this.#replace(target, params?.get(layer));
      else if (into !== undefined) this.#passThrough(name, layer, into);
      else this.#keep(name, layer, reasons.get(layer) ?? '');
    }
  }

  /** Float weights that are still in use, once `convert` is done. */
  floatWeights(): { dispose(): void }[] {
    return this.model.weights.filter((weight) => !this.#freed.has(weight));
  }

  dispose(): void {
    for (const product of this.products) product.dispose();
    for (const weight of this.floatWeights()) weight.dispose();
  }

  #replace(target: Target, params: AffineParams | undefined): void {
    const { layer, name, norm } = target;
    const linear = norm === undefined ? target.linear : foldNorm(target.linear, norm);
    const product = this.#product(linear, params);
    this.products.push(product);
    const activate = activation(linear.activation);
    const floatWeightBytes = bytes(layer);
    layer.call = (inputs) =>
      tf.tidy(() => {
        const [x] = [inputs].flat();
        if (x === undefined) throw new Error(`layer '${name}' was given no input`);
        return activate(product.apply(x));
      });
    this.#free(layer);
    this.reports.push({
      name,
      kind: layer.getClassName(),
      format: 'int8',
      execution: product.execution,
      kernel: product.kernel,
      reason: product.reason,
      weightBytes: product.bytes,
      floatWeightBytes,
      activations: params,
    });
  }

  #product(linear: LinearLayer, params: AffineParams | undefined): Product {
    const { mode, granularity, scaleRule } = this.settings;
    const range = mode === 'weight-only' ? INT8 : weightRange(this.facts);
    const scheme = { granularity, rule: scaleRule, range };
    const spec: LinearSpec = {
      geometry: linear.geometry,
      bias: linear.bias,
      weights: quantizeWeights(linear.kernel, outputChannels(linear.geometry), scheme),
    };
    if (mode === 'weight-only') {
      return new SimulatedProduct(spec, { kind: 'float' }, 'weight-only: saves memory, not time');
    }
    const activations: ActivationScheme =
      params === undefined ? { kind: 'dynamic' } : { kind: 'static', params };
    return chooseProduct(spec, activations, this.facts);
  }

  #passThrough(name: string, layer: tf.layers.Layer, into: string): void {
    const floatWeightBytes = bytes(layer);
    layer.call = (inputs) => tf.tidy(() => [inputs].flat().map((x) => tf.clone(x)));
    this.#free(layer);
    this.reports.push({
      name,
      kind: layer.getClassName(),
      format: 'folded',
      execution: undefined,
      kernel: 'none',
      reason: `folded into ${into}`,
      weightBytes: 0,
      floatWeightBytes,
      activations: undefined,
    });
  }

  #keep(name: string, layer: tf.layers.Layer, reason: string): void {
    const size = bytes(layer);
    this.reports.push({
      name,
      kind: layer.getClassName(),
      format: 'fp32',
      execution: undefined,
      kernel: 'tfjs',
      reason,
      weightBytes: size,
      floatWeightBytes: size,
      activations: undefined,
    });
  }

  #free(layer: tf.layers.Layer): void {
    for (const weight of layer.weights) {
      weight.dispose();
      this.#freed.add(weight);
    }
  }
}

function activation(name: string): (x: tf.Tensor) => tf.Tensor {
  if (name === 'linear') return (x) => x;
  if (name === 'relu') return (x) => tf.relu(x);
  const layer = tf.layers.activation({ activation: name as 'relu' });
  return (x) => layer.apply(x) as tf.Tensor;
}

function bytes(layer: tf.layers.Layer): number {
  return layer.weights.reduce(
    (sum, weight) => sum + 4 * weight.shape.reduce<number>((a, b) => a * (b ?? 1), 1),
    0,
  );
}

function notes(
  reports: readonly LayerReport[],
  settings: QuantizeSettings,
  facts: DeviceFacts,
): string[] {
  const result: string[] = [];
  const int8 = reports.filter(({ format }) => format === 'int8');
  if (int8.length === 0) result.push('No layer of this model has an integer kernel.');
  const why = notNative(facts);
  if (settings.mode === 'weight-only') {
    result.push('Weights are kept in 8 bits and widened to fp32 for each product.');
  } else if (why !== undefined) {
    result.push(`Integer products are simulated in fp32: ${why}.`);
  } else if (facts.int8ReduceRange) {
    result.push('Weights keep 7 bits: on this CPU 8-bit products saturate in 16-bit sums.');
  }
  const float = reports.filter((r) => r.format === 'fp32' && r.weightBytes > 0);
  if (float.length > 0) result.push(`In float: ${float.map(({ name }) => name).join(', ')}.`);
  return result;
}
