/** Quantization-aware training, and the memory that training is said to take. */
import { isNoisy } from '../context.mjs';
import { agreement } from '../judge/agreement.mjs';

const fits = (model) =>
  model.trainableWeights.length > 0 &&
  (model.outputs.length === 1 || model.outputs.every(({ rank }) => rank === 2));

async function train(context, model, optimizer) {
  const { tf, spec } = context;
  const x = context.inputs();
  model.compile({ optimizer, loss: model.outputs.map(() => 'meanSquaredError') });
  const y = model.outputs.map(({ shape }) =>
    context.keep(tf.fill([spec.rows, ...shape.slice(1)], 0.5)),
  );
  await model.fit(x, y.length === 1 ? y[0] : y, {
    epochs: 2,
    batchSize: 64,
    verbose: 0,
    shuffle: false,
  });
}

export const trainingChecks = [
  {
    name: 'qat',
    share: 0.12,
    task: 'gradients',
    applies: (spec) => !isNoisy(spec),
    async run(context) {
      const { halfnote, tf, judge, spec, random } = context;
      const weights = random.pick(['int8', 'int8', 'int4', 'ternary']);
      const model = halfnote.prepareQat(context.model(), { weights });
      context.keep(model);
      if (!fits(model)) return undefined;
      await train(context, model, context.keep(tf.train.sgd(1e-3)));
      const converted = await halfnote.convertQat(model, { engine: 'simulated' });
      context.keep(converted);
      const x = context.inputs();
      const results = context.read(converted.predict(x));
      const { spread } = await judge.ask(spec, 'predict', 'static');
      return agreement(results, context.read(model.predict(x)), spread);
    },
  },
  {
    name: 'memory',
    share: 0.06,
    task: 'gradients',
    applies: (spec) => !isNoisy(spec),
    async run(context) {
      const { halfnote, tf, spec } = context;
      const model = context.model();
      if (!fits(model)) return undefined;
      const { result } = await halfnote.trainingMemory(model, {
        batchSize: spec.rows,
        formats: ['fp32'],
        measure: false,
      });
      const { total } = result.formats[0];
      const optimizer = tf.train.adam(0.001);
      await train(context, model, optimizer);
      const held = tf.memory().numBytes;
      optimizer.dispose();
      const inFit = {
        weights: bytesOf(model.weights),
        gradients: bytesOf(model.trainableWeights),
        optimizer: held - tf.memory().numBytes,
      };
      for (const [part, bytes] of Object.entries(inFit)) {
        // A few numbers are the optimizer's own: its step, powers of its factors.
        if (Math.abs(total[part] - bytes) <= 64) continue;
        return `${part}: ${total[part]} bytes are told, ${bytes} are held`;
      }
      return undefined;
    },
  },
];

function bytesOf(weights) {
  return [...new Set(weights)].reduce(
    (sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1),
    0,
  );
}
