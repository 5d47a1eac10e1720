/**
 * The judge: stock tfjs with its JavaScript kernels, in a thread of its own, where nothing of ours has
 * changed it. Our layers are there, since they are made of tfjs's ops.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { root } from '../../../scripts/lib/paths.mjs';
import { build, inputTensors } from '../build.mjs';
import { seedOf } from '../random.mjs';
import { mendGradients } from './gradients.mjs';
import { NOISE } from './formats.mjs';
import { NoisyKernels } from './noise.mjs';
import { ownLayers } from '../own-layers.mjs';
import { runModel } from './run.mjs';

const require = createRequire(join(root, 'kernel/package.json'));
const tf = require('@tensorflow/tfjs');
await tf.setBackend('cpu');
await tf.ready();
mendGradients(tf);
const kernels = new NoisyKernels(tf);
const kit = { tf, own: ownLayers(require, root) };

/** What each task computes, as a list of tensors. */
const TASKS = {
  predict: (model, inputs) => outputsOf(model, inputs),
  gradients: (model, inputs) => {
    const { value, grads } = tf.variableGrads(
      () => lossOf(model, inputs),
      model.trainableWeights.map((weight) => weight.val),
    );
    return [
      value,
      ...model.trainableWeights.map((weight) => grads[weight.val.name] ?? tf.zerosLike(weight.val)),
    ];
  },
};

function outputsOf(model, inputs, kwargs) {
  const given = inputs.map((value) => ({ value }));
  return runModel(tf, model, given, kwargs).map(({ value }) => value);
}

/** As `lossOf` in the checks. */
function lossOf(model, inputs) {
  const outputs = outputsOf(model, inputs, { training: true });
  return tf.addN(outputs.map((y) => tf.mean(tf.square(tf.sub(y, 0.5)))));
}

function judge({ spec, task, formats, samples }) {
  const model = build(kit, spec);
  const inputs = inputTensors(kit, spec);
  const state = model.weights.map((weight) => weight.read().clone());
  const runs = (noise, seed) =>
    tf.tidy(() =>
      kernels.run(noise, seed, () => {
        const given = inputs.map((tensor, i) =>
          spec.inputs[i].tokens === undefined ? kernels.given(tensor) : tensor,
        );
        return TASKS[task](model, given).map((tensor) => ({
          shape: tensor.shape,
          dtype: tensor.dtype,
          values: Float64Array.from(tensor.dataSync()),
        }));
      }),
    );
  kernels.peak = 0;
  const exact = runs(undefined, 0);
  const peak = kernels.peak;
  const restore = () => model.setWeights(state);
  const spreads = {};
  for (const format of formats) {
    restore();
    const spread = exact.map(({ values }) => new Float64Array(values.length));
    for (let sample = 0; sample < samples; sample++) {
      runs(NOISE[format], seedOf(spec.seed, `${format}${sample}`)).forEach(({ values }, i) => {
        values.forEach((value, at) => {
          const error = Math.abs(value - exact[i].values[at]);
          if (error > spread[i][at] || Number.isNaN(error)) spread[i][at] = error;
        });
      });
    }
    spreads[format] = spread;
  }
  return { exact, peak, spreads };
}

async function load({ path, spec }) {
  const { readFile } = await import('node:fs/promises');
  const json = JSON.parse(await readFile(join(path, 'model.json'), 'utf8'));
  const files = json.weightsManifest.flatMap(({ paths }) => paths);
  const data = Buffer.concat(await Promise.all(files.map((file) => readFile(join(path, file)))));
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
      weightData: Uint8Array.from(data).buffer,
    }),
  );
  const inputs = inputTensors(kit, spec);
  const outputs = tf.tidy(() =>
    TASKS.predict(model, inputs).map((tensor) => ({
      shape: tensor.shape,
      dtype: tensor.dtype,
      values: Float64Array.from(tensor.dataSync()),
    })),
  );
  return { exact: outputs };
}

parentPort.on('message', async ({ id, ...request }) => {
  tf.engine().startScope();
  try {
    const answer = request.task === 'load' ? await load(request) : judge(request);
    parentPort.postMessage({ id, answer });
  } catch (error) {
    parentPort.postMessage({ id, error: String(error?.message ?? error) });
  } finally {
    tf.engine().endScope();
    tf.disposeVariables();
  }
});
