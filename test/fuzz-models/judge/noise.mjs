/**
 * tfjs's JavaScript kernels with the roundings of a format put in by chance (Monte Carlo arithmetic):
 * how far results then lie from the exact ones is what the format can explain.
 */
import { Random } from '../random.mjs';

/** They hand on the values that they get. */
const MOVES = new Set([
  'Identity',
  'Reshape',
  'ExpandDims',
  'Squeeze',
  'Transpose',
  'Slice',
  'StridedSlice',
  'Concat',
  'Pack',
  'Unpack',
  'SplitV',
  'Tile',
  'Reverse',
  'GatherV2',
  'GatherNd',
  'PadV2',
  'MirrorPad',
  'OneHot',
  'Select',
  'Fill',
  'ZerosLike',
  'OnesLike',
  'Relu',
  'Relu6',
  'Max',
  'MaxPool',
  'MaxPool3D',
  'Maximum',
  'Minimum',
  'Cast',
  'Neg',
  'Step',
  'Abs',
  'Sign',
  'Floor',
  'Ceil',
  'Round',
  'Range',
  'LinSpace',
  'ClipByValue',
  'BroadcastTo',
]);
const PRODUCTS = /MatMul|Conv|Einsum/;
/** Made of exponentials near 1: small results have the absolute error of 1. */
const AROUND_ONE = /^(Elu|Selu|Tanh|Sigmoid|Softplus|Expm1|Erf)$/;

export class NoisyKernels {
  #tf;
  #backend;
  #noise;
  #random;
  #isInside = false;
  /** The largest magnitude of a value since it was last asked for. */
  peak = 0;

  constructor(tf) {
    this.#tf = tf;
    this.#backend = tf.backend();
    for (const kernel of tf.getKernelsForBackend('cpu')) {
      tf.unregisterKernel(kernel.kernelName, 'cpu');
      tf.registerKernel({ ...kernel, kernelFunc: (given) => this.#run(kernel, given) });
    }
  }

  /** Runs `fn` with a format's roundings; with none where it is undefined. */
  run(noise, seed, fn) {
    this.#noise = noise;
    this.#random = new Random(seed);
    try {
      return fn();
    } finally {
      this.#noise = undefined;
    }
  }

  /** Inputs as codes, where a format makes codes of results. */
  given(tensor) {
    if (!(this.#noise?.results > 0) || tensor.dtype !== 'float32') return tensor;
    const noise = { ...this.#noise, relative: 0 };
    return this.#tf.tensor(this.#rounded(tensor.dataSync(), noise, false), tensor.shape);
  }

  #run(kernel, given) {
    // What a kernel calls within itself is a part of it.
    if (this.#isInside) return kernel.kernelFunc(given);
    this.#isInside = true;
    try {
      return this.#noisy(kernel, given);
    } finally {
      this.#isInside = false;
    }
  }

  #noisy(kernel, given) {
    const noise = this.#noise;
    const isProduct = noise?.anywhere || PRODUCTS.test(kernel.kernelName);
    const copies = [];
    let { inputs } = given;
    if (noise !== undefined && isProduct && inputs !== undefined) {
      const copyOf = (info) => {
        if (info?.dtype !== 'float32') return info;
        const values = this.#rounded(this.#valuesOf(info), noise, true);
        const copy = this.#backend.makeTensorInfo(info.shape, info.dtype, values);
        copies.push(copy);
        return copy;
      };
      inputs = Array.isArray(inputs)
        ? inputs.map(copyOf)
        : Object.fromEntries(Object.entries(inputs).map(([name, info]) => [name, copyOf(info)]));
    }
    const result = kernel.kernelFunc({ ...given, inputs });
    for (const copy of copies) this.#backend.disposeIntermediateTensorInfo(copy);
    const shared = new Set(
      Object.values(given.inputs ?? {})
        .flat()
        .map((info) => info?.dataId),
    );
    for (const info of [result].flat()) {
      if (info?.dtype !== 'float32' || shared.has(info.dataId)) continue;
      const values = this.#valuesOf(info);
      for (const value of values) {
        if (Math.abs(value) > this.peak || Number.isNaN(value)) this.peak = Math.abs(value);
        if (Number.isNaN(this.peak)) this.peak = Infinity;
      }
      if (noise === undefined) continue;
      const { kernelName } = kernel;
      // What is moved is exact, but for numbers so small that kernels take them for zero.
      // What is joined is in the codes of all of it.
      const results = kernelName === 'Concat' ? noise.results : 0;
      const applied = MOVES.has(kernelName) ? { ...noise, relative: 0, results } : noise;
      const least = AROUND_ONE.test(kernelName) ? noise.relative / 4 : 0;
      values.set(this.#rounded(values, applied, false, least));
    }
    return result;
  }

  #valuesOf({ dataId }) {
    return this.#backend.data.get(dataId).values;
  }

  #rounded(values, noise, isFactor, least = 0) {
    const { relative, absolute, factors = relative, span = 0, results = 0 } = noise;
    const random = this.#random;
    let step = Math.max(absolute, least);
    const ofLargest = isFactor ? span : results;
    if (ofLargest > 0) {
      const largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      step = Math.max(step, largest * ofLargest);
    }
    const share = isFactor ? factors : relative;
    return values.map(
      (value) =>
        value + (2 * random.next() - 1) * Math.max(Math.abs(value) * share, value === 0 ? 0 : step),
    );
  }
}
