/** Predictions and gradients under each policy. */
import { isNoisy } from '../context.mjs';

const FORMATS = ['fp32', 'tf32', 'bf16', 'fp16', 'fp8'];

export const policyChecks = FORMATS.flatMap((format) => [
  {
    name: `predict ${format}`,
    share: format === 'fp32' ? 1 : 0.35,
    async run(context) {
      const { halfnote } = context;
      const model = context.model();
      const x = context.inputs();
      const results = context.read(halfnote.withPrecision(format, () => model.predict(x)));
      return context.compare(results, 'predict', format);
    },
  },
  {
    name: `gradients ${format}`,
    share: format === 'fp32' ? 0.5 : 0.2,
    task: 'gradients',
    applies: (spec) => !isNoisy(spec),
    async run(context) {
      const { halfnote, tf } = context;
      const model = context.model();
      const x = context.inputs();
      const variables = model.trainableWeights.map((weight) => weight.val);
      if (variables.length === 0) return undefined;
      const optimizer = context.keep(tf.train.sgd(0));
      const { value, grads } = halfnote.withPrecision(format, () => {
        const result = tf.variableGrads(() => lossOf(tf, model, x), variables);
        // Ends the step, and with it what is kept to put back.
        optimizer.applyGradients(result.grads);
        return result;
      });
      const results = context.read([
        value,
        ...variables.map(({ name, shape }) => grads[name] ?? tf.zeros(shape)),
      ]);
      return context.compare(results, 'gradients', format);
    },
  },
  {
    name: `one step of fit ${format}`,
    share: format === 'fp32' ? 0.3 : 0.12,
    task: 'gradients',
    applies: (spec) => !isNoisy(spec),
    async run(context) {
      const { halfnote, tf } = context;
      const model = context.model();
      const x = context.inputs();
      const variables = model.trainableWeights.map((weight) => weight.val);
      // tfjs adds up the losses of outputs before it takes their mean: their shapes have to fit.
      const fits = model.outputs.length === 1 || model.outputs.every(({ rank }) => rank === 2);
      if (variables.length === 0 || !fits) return undefined;
      const optimizer = context.keep(tf.train.sgd(1));
      model.compile({ optimizer, loss: model.outputs.map(() => 'meanSquaredError') });
      const y = model.outputs.map(({ shape }) =>
        context.keep(tf.fill([context.spec.rows, ...shape.slice(1)], 0.5)),
      );
      const before = variables.map((variable) => variable.dataSync());
      const { history } = await halfnote.withPrecision(format, () =>
        model.fit(x, y.length === 1 ? y[0] : y, {
          epochs: 1,
          batchSize: 64,
          verbose: 0,
          shuffle: false,
        }),
      );
      const steps = variables.map((variable, i) => {
        const after = variable.dataSync();
        return {
          shape: variable.shape,
          dtype: 'float32',
          values: Float64Array.from(after, (value, at) => before[i][at] - value),
          slack: Float64Array.from(
            after,
            (value, at) => 2 ** -22 * Math.max(Math.abs(value), Math.abs(before[i][at])),
          ),
        };
      });
      const loss = { shape: [], dtype: 'float32', values: Float64Array.of(history.loss[0]) };
      return context.compare([loss, ...steps], 'gradients', format);
    },
  },
]);

/** As the judge's. */
function lossOf(tf, model, x) {
  const outputs = [model.apply(x, { training: true })].flat();
  return tf.addN(outputs.map((y) => tf.mean(tf.square(tf.sub(y, 0.5)))));
}
