/** Every export, read back, and models saved and loaded. */
import { agreement } from '../judge/agreement.mjs';

/** ONNX files of the float model, with the format whose roundings explain what they give. */
const ONNX = {
  fp32: { share: 0.3, options: {}, format: 'fp32' },
  fp16: { share: 0.2, options: { format: 'fp16' }, format: 'fp16 file' },
  int4: { share: 0.1, options: { format: 'int4', blockSize: 16 }, format: 'int4' },
};

const onnxChecks = Object.entries(ONNX).map(([name, { share, options, format }]) => ({
  name: `onnx ${name}`,
  share,
  async run(context) {
    const bytes = context.halfnote.exportOnnx(context.model(), options);
    return context.compare(await inOnnxRuntime(context, bytes), 'predict', format);
  },
}));

const QUANTIZED = {
  static: (x) => ({ calibrate: x }),
  dynamic: () => ({ mode: 'dynamic' }),
  'weight-only': () => ({ mode: 'weight-only' }),
};

/** The format whose roundings engines may differ in. */
const ROUNDINGS = { static: 'static', dynamic: 'int8', 'weight-only': 'fp32' };

const quantizedChecks = Object.entries(QUANTIZED).map(([mode, optionsOf]) => ({
  name: `onnx int8 ${mode}`,
  share: 0.12,
  async run(context) {
    const { halfnote } = context;
    const x = context.inputs();
    const { graph } = await halfnote.quantizeGraph(context.model(), optionsOf(x));
    const results = await inOnnxRuntime(context, halfnote.exportOnnx(graph));
    return context.agree(results, await simulated(context, graph, x), ROUNDINGS[mode]);
  },
}));

/** The weights that tfjs itself reads, as the judge makes sure; ours have bounds of their own. */
const TFJS = {
  float32: { format: 'fp32', stock: true },
  float16: { format: 'fp16 file', stock: true },
  uint16: { format: 'uint16 file', stock: true },
  uint8: { format: 'int8 file', stock: true },
  int8: { format: 'int8 file' },
  int4: { format: 'int4 file' },
  int2: {},
  ternary: {},
  binary: {},
  log4: {},
  codebook4: {},
};

const tfjsChecks = Object.entries(TFJS).map(([weights, { format, stock = false }]) => ({
  name: `tfjs ${weights}`,
  share: stock ? 0.08 : 0.04,
  async run(context) {
    const { halfnote, judge, spec } = context;
    const folder = context.folder();
    await halfnote.saveTfjs(folder, context.model(), { weights });
    const loaded = context.keep(await halfnote.loadTfjs(folder));
    const results = context.read(loaded.predict(context.inputs()));
    if (stock) {
      const { exact } = await judge.load(folder, spec);
      const { spread, peak } = await judge.ask(spec, 'predict', 'fp32');
      const wrong = peak < 1e30 && agreement(results, exact, spread);
      if (wrong) return `not what tfjs itself reads: ${wrong}`;
    }
    const { exact } = await judge.ask(spec, 'predict', 'fp32');
    const shapes = exact.findIndex(({ shape }, i) => String(shape) !== String(results[i]?.shape));
    if (shapes >= 0) return `output ${shapes} has the shape [${results[shapes]?.shape}]`;
    return format && context.compare(results, 'predict', format);
  },
}));

const otherChecks = [
  {
    name: 'tfjs of quantized',
    share: 0.08,
    async run(context) {
      const { halfnote } = context;
      const x = context.inputs();
      const { graph } = await halfnote.quantizeGraph(context.model(), { mode: 'weight-only' });
      const folder = context.folder();
      await halfnote.saveTfjs(folder, graph);
      const loaded = context.keep(await halfnote.loadTfjs(folder));
      const results = context.read(loaded.predict(x));
      return context.agree(results, await simulated(context, graph, x), ROUNDINGS['weight-only']);
    },
  },
  {
    name: 'saved and loaded',
    share: 0.15,
    async run(context) {
      const { tf } = context;
      const model = context.model();
      let kept;
      await model.save(
        tf.io.withSaveHandler((artifacts) => {
          kept = artifacts;
          return Promise.resolve({
            modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' },
          });
        }),
      );
      const loaded = context.keep(await tf.loadLayersModel(tf.io.fromMemory(kept)));
      const x = context.inputs();
      const [before, after] = [model, loaded].map((one) => context.read(one.predict(x)));
      for (const [i, { values }] of before.entries()) {
        const at = values.findIndex((value, k) => !Object.is(value, after[i].values[k]));
        if (at >= 0) return `output ${i} at ${at} was ${values[at]} and is ${after[i].values[at]}`;
      }
      return undefined;
    },
  },
];

export const fileChecks = [...onnxChecks, ...quantizedChecks, ...tfjsChecks, ...otherChecks];

async function inOnnxRuntime(context, bytes) {
  const loaded = await context.halfnote.loadOnnx(bytes, { threads: 1 });
  try {
    return context.read(await loaded.predict(context.inputs()));
  } finally {
    await loaded.dispose();
  }
}

async function simulated(context, graph, x) {
  const runner = await context.halfnote.runGraph(graph, { engine: 'simulated' });
  try {
    return context.read(runner.predict([x].flat()));
  } finally {
    runner.dispose();
  }
}
