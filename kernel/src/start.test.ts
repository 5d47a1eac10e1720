import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { buildIfStale } from '../../test/support/built-kernel';

const KERNEL = resolve(__dirname, '..');
const GRAPH = resolve(KERNEL, '../notebooks/models/digits-graph');
const CHECKPOINT = resolve(KERNEL, '../notebooks/models/tiny-llama');

interface FirstCall {
  /** The file that loads the engine. */
  readonly loads: string;
  /** `model`, `x`, `y`, `study`, `folder`, `graph` and `checkpoint`, folders of models, are there. */
  readonly call: string;
}

/** A first call of each public function that loads the engine. */
const FIRST_CALLS: Readonly<Record<string, FirstCall>> = {
  setPrecision: {
    loads: 'precision/status.ts',
    call: "halfnote.setPrecision('bf16'); halfnote.setPrecision('fp32')",
  },
  precisionStatus: { loads: 'precision/status.ts', call: 'halfnote.precisionStatus()' },
  compileStep: {
    loads: 'precision/compile/compile-step.ts',
    call: 'halfnote.compileStep(() => tf.matMul(x, tf.transpose(x)))()',
  },
  compileStatus: {
    loads: 'precision/compile/status.ts',
    call: 'halfnote.compileStatus()',
  },
  withPrecision: {
    loads: 'precision/session.ts',
    call: "halfnote.withPrecision('fp16', () => tf.matMul(x, tf.transpose(x)))",
  },
  recordGradients: {
    loads: 'precision/ranges/gradient-ranges.ts',
    call: 'halfnote.recordGradients(true); halfnote.recordGradients(false)',
  },
  explainPrecision: {
    loads: 'precision/explain/explain.ts',
    call: 'halfnote.explainPrecision(model, { data: { x, y } })',
  },
  trainingMemory: {
    loads: 'analysis/memory/training-memory.ts',
    call: "await halfnote.trainingMemory(model, { batchSize: 2, formats: ['fp32'] })",
  },
  modelCost: {
    loads: 'analysis/cost/model-cost.ts',
    call: 'await halfnote.modelCost(model)',
  },
  roofline: {
    loads: 'analysis/roofline/roofline.ts',
    call: "await halfnote.roofline(model, { formats: ['fp32'] })",
  },
  throughput: {
    loads: 'analysis/throughput/throughput.ts',
    call: 'await halfnote.throughput(model, { data: { x }, seconds: 0.1 })',
  },
  trainToTarget: {
    loads: 'analysis/throughput/train-to-target.ts',
    call: "await halfnote.trainToTarget(model, { data: { x, y }, target: 'loss<=0.1', epochs: 1 })",
  },
  compare: {
    loads: 'analysis/comparison/subjects/layers.ts',
    call: "await halfnote.compare(model, { formats: ['fp32', 'int8'], data: { x } })",
  },
  accuracyStudy: {
    loads: 'precision/session.ts',
    call: 'await halfnote.accuracyStudy(study)',
  },
  quantize: { loads: 'quantization/quantize-graph.ts', call: 'await halfnote.quantize(model)' },
  runGraph: {
    loads: 'execution/run-graph.ts',
    call: 'await halfnote.runGraph((await halfnote.quantizeGraph(model)).graph)',
  },
  loadDecoder: {
    loads: 'generation/load-decoder.ts',
    call: 'await halfnote.loadDecoder(checkpoint)',
  },
  layerSensitivity: {
    loads: 'quantization/sensitivity/sensitivity.ts',
    call: "await halfnote.layerSensitivity(model, { formats: ['int8'], data: { x, y } })",
  },
  chooseBits: {
    loads: 'quantization/sensitivity/choose-bits.ts',
    call: "await halfnote.chooseBits(model, { formats: ['int8', 'int4'], data: { x, y }, budget: { meanBits: 8 } })",
  },
  integerMatMul: {
    loads: 'integer/integer-product.ts',
    call: `
      const one = { codes: Int8Array.of(1), shape: [1, 1], format: 'int8' };
      await halfnote.integerMatMul(one, one)`,
  },
  generate: {
    loads: 'generation/generate.ts',
    // This model is refused, by then the backend is there.
    call: 'await halfnote.generate(model, [1]).catch(() => undefined)',
  },
  compareKvCache: {
    loads: 'generation/comparison/compare-caches.ts',
    call: 'await halfnote.compareKvCache(model, [1, 2, 1, 2]).catch(() => undefined)',
  },
  loadTfjs: {
    loads: 'export/tfjs/load-tfjs.ts',
    call: 'await halfnote.saveTfjs(folder, model); await halfnote.loadTfjs(folder)',
  },
  loadNpy: {
    loads: 'export/arrays/array-files.ts',
    call: "await halfnote.saveNpy(folder + '.npy', tf.ones([2])); await halfnote.loadNpy(folder + '.npy')",
  },
  layersModelOf: {
    loads: 'importing/layers-model-of.ts',
    call: `
      const { modelTopology, weightsManifest } = JSON.parse(fs.readFileSync(path.join(graph, 'model.json')));
      const { buffer } = Uint8Array.from(fs.readFileSync(path.join(graph, 'group1-shard1of1.bin')));
      const weights = { weightSpecs: weightsManifest[0].weights, weightData: buffer };
      halfnote.layersModelOf(tf.loadGraphModelSync({ load: () => ({ modelTopology, ...weights }) }))`,
  },
  quantizeOnnx: {
    loads: 'quantization/onnx/quantize-onnx.ts',
    call: 'await halfnote.quantize(await halfnote.loadOnnx(halfnote.exportOnnx(model)))',
  },
  compareOnnx: {
    loads: 'analysis/comparison/subjects/onnx.ts',
    call: `
      const onnx = await halfnote.loadOnnx(halfnote.exportOnnx(model));
      await halfnote.compare(onnx, { formats: ['fp32'], data: { x } })`,
  },
  onnxCost: {
    loads: 'analysis/onnx/run-once.ts',
    call: 'await halfnote.modelCost(await halfnote.loadOnnx(halfnote.exportOnnx(model)))',
  },
  // This model reads no text and is refused, by then the backend is there.
  perplexity: {
    loads: 'generation/comparison/perplexity.ts',
    call: 'await halfnote.perplexity(model, [1, 2, 1, 2]).catch(() => undefined)',
  },
  compareDecoders: {
    loads: 'generation/comparison/compare-decoders.ts',
    call: 'await halfnote.compareDecoders(model, [1, 2, 1, 2]).catch(() => undefined)',
  },
  doctor: { loads: 'doctor/doctor.ts', call: 'await halfnote.doctor()' },
};

/** Run in a process of its own: prints what of tfjs has been changed, and how it then behaves. */
function program(call: string): string {
  return `
    const halfnote = require(${JSON.stringify(KERNEL)});
    const tf = require('@tensorflow/tfjs');
    const [fs, os, path] = ['fs', 'os', 'path'].map((name) => require(name));
    const { inspect } = require('node:util');
    const made = (options) => {
      const model = tf.sequential({ layers: [
        tf.layers.dense({ units: 3, inputShape: [4], activation: 'relu' }),
        tf.layers.dense({ units: 2, activation: 'softmax' }),
      ] });
      model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy', ...options });
      return model;
    };
    const own = (object) => Object.getOwnPropertyNames(object).sort();
    (async () => {
      const model = made();
      const [x, y] = [tf.ones([2, 4]), tf.tensor2d([[1, 0], [0, 1]])];
      const study = {
        title: 'tiny', metric: 'score', margin: 1, formats: ['fp32', 'bf16'], seeds: [1, 2],
        run: () => 0.5,
      };
      const folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'halfnote-')), 'model');
      const graph = ${JSON.stringify(GRAPH)};
      const checkpoint = ${JSON.stringify(CHECKPOINT)};
      ${call};
      fs.rmSync(path.dirname(folder), { recursive: true });
      const prototypes = [tf.layers.Layer, tf.LayersModel, tf.Sequential, tf.Tensor, tf.Optimizer];
      const sources = (object) => own(object).map((name) => {
        const { value } = Object.getOwnPropertyDescriptor(object, name);
        return typeof value === 'function' ? name + ':' + String(value) : name;
      });
      const kernels = tf.getKernelsForBackend(tf.getBackend())
        .map(({ kernelName, kernelFunc }) => kernelName + ':' + String(kernelFunc)).sort();
      const gradients = kernels.map((kernel) => {
        const name = kernel.split(':')[0];
        return name + ':' + String(tf.getGradient(name)?.gradFunc);
      });
      const late = made({ optimizer: 'adamw' });
      late.predict(x);
      late.apply(x);
      // Classes of layers are met when they are first used: an input's has no \`call\` of its own.
      const input = tf.input({ shape: [4] });
      tf.model({ inputs: input, outputs: tf.layers.dense({ units: 1 }).apply(input) }).apply(x);
      process.stdout.write('\\n' + JSON.stringify({
        backend: tf.getBackend(), kernels, gradients,
        engine: sources(tf.engine()),
        instance: sources(tf.backend()),
        prototypes: prototypes.map(({ prototype }) => sources(prototype)),
        text: inspect(tf.tensor1d([1, 2])),
      }));
    })();`;
}

async function stateAfter(call: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program(call)], {
    cwd: KERNEL,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

describe('whichever function is called first, tfjs is left in the same state', () => {
  buildIfStale();
  const expected = stateAfter('await halfnote.ensureBackend()');

  it.concurrent.each(Object.entries(FIRST_CALLS))('%s', async (_name, { call }) => {
    const state = await stateAfter(call);
    expect(state).toEqual(await expected);
    expect(state).toMatchObject({ text: 'Tensor float32 [2]\n    [1, 2]' });
  });

  it('is asked of each file that loads the engine', () => {
    const loads = /^import \{[^}]*\b(?:ensureBackend|loadBackend|ensureFacts)\b/m;
    const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter(
      (file) =>
        file.endsWith('.ts') &&
        !/\.(?:test|fixture)\.ts$/.test(file) &&
        !/^(?:backend\/|runtime\/|start\.ts)/.test(file) &&
        loads.test(readFileSync(join(__dirname, file), 'utf8')),
    );
    const called = new Set(Object.values(FIRST_CALLS).map((first) => first.loads));
    expect([...called].sort()).toEqual(files.sort());
  });
});
