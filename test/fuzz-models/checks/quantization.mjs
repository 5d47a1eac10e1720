/** Quantization in every mode: engines among themselves, and the whole against the judge. */

const MODES = {
  dynamic: () => ({ mode: 'dynamic' }),
  static: (x) => ({ calibrate: x }),
  'static in codes': (x) => ({ calibrate: x, outputs: 'uint8' }),
  'weight-only': () => ({ mode: 'weight-only' }),
  int4: () => ({ weights: 'int4' }),
  int3: () => ({ weights: 'int3' }),
  int2: () => ({ weights: 'int2' }),
  ternary: () => ({ weights: 'ternary' }),
  binary: () => ({ weights: 'binary' }),
  log4: () => ({ weights: 'log4' }),
  codebook4: () => ({ weights: 'codebook4' }),
  'int8 per tensor': () => ({ mode: 'weight-only', granularity: 'per-tensor' }),
};
const ENGINES = ['tensorflow', 'onnxruntime', 'auto'];
/** The format whose roundings explain what a mode does; the others are coarser than any bound that says something. */
const EXPLAINS = { dynamic: 'int8', static: 'static', 'weight-only': 'int8', int4: 'int4' };
/** Modes whose products are of the floats that they are given, in every engine. */
const IN_FLOAT = ['weight-only', 'log4', 'codebook4', 'int8 per tensor'];
const SHARES = { dynamic: 0.25, static: 0.25, 'weight-only': 0.15 };

export const quantizationChecks = Object.entries(MODES).map(([mode, optionsOf]) => ({
  name: `quantize ${mode}`,
  share: SHARES[mode] ?? 0.07,
  async run(context) {
    const { halfnote } = context;
    const model = context.model();
    const x = context.inputs();
    const graph = await halfnote.quantizeGraph(model, optionsOf(x));
    const results = {};
    for (const engine of ['simulated', ...ENGINES]) {
      let runner;
      try {
        runner = await halfnote.runGraph(graph.graph ?? graph, { engine });
      } catch (error) {
        if (error.code !== 'engine-missing') throw error;
        continue;
      }
      results[engine] = context.read(runner.predict([x].flat()));
      runner.dispose();
    }
    const roundings = IN_FLOAT.includes(mode)
      ? 'fp32'
      : mode.startsWith('static')
        ? 'static'
        : 'int8';
    for (const engine of ENGINES) {
      const wrong =
        results[engine] && (await context.agree(results[engine], results.simulated, roundings));
      if (wrong) return `engine ${engine}, not as simulated: ${wrong}`;
    }
    const format = EXPLAINS[mode];
    return format && context.compare(results.simulated, 'predict', format);
  },
}));
