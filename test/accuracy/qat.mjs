import assert from 'node:assert/strict';
import { accuracy } from './lib/digits.mjs';
import { NETWORKS, SEEDS } from './lib/networks.mjs';
import { percents } from './precision.mjs';

/** Weights of these bits, trained for; activations are uint8. How many points (of a share) below fp32 the mean may be. */
const TRAINED = {
  int8: { margin: 0.005 },
  int4: { margin: 0.015 },
  int2: { margin: 0.03, options: { scaleRule: 'learned' } },
};
/** What weights of so few bits lose at least when they are only rounded after training. */
const BROKEN = { int2: 0.05 };
const EPOCHS = 4;

/**
 * Networks trained in fp32, rounded to few bits, and trained on for them. The judge is fp32 trained on
 * for as long, so that the quantized models gain nothing by longer training.
 */
export async function qatCases({ tf, halfnote, digits, trained }) {
  const { convertQat, prepareQat, quantize } = halfnote;
  const calibrate = digits.train.x.slice(0, 200);
  const cases = {};
  for (const name of Object.keys(NETWORKS)) {
    const mean = { fp32: 0 };
    const add = (key, share) => {
      mean[key] = (mean[key] ?? 0) + share / SEEDS.length;
    };
    let farthest = 0;
    for (const seed of SEEDS) {
      const model = await trained(name, seed);
      for (const weights of Object.keys(TRAINED)) {
        const options = weights === 'int8' ? { weights, calibrate } : { weights };
        const rounded = await quantize(model, options);
        add(`${weights} rounded`, accuracy(tf, rounded, digits.test));
        rounded.dispose();
        const qat = prepareQat(model, { weights, ...TRAINED[weights].options });
        await trainOn(tf, qat, digits.train);
        const small = await convertQat(qat);
        const share = accuracy(tf, small, digits.test);
        add(`${weights} trained`, share);
        farthest = Math.max(farthest, Math.abs(share - accuracy(tf, qat, digits.test)));
        small.dispose();
        qat.dispose();
      }
      await trainOn(tf, model, digits.train);
      add('fp32', accuracy(tf, model, digits.test));
      model.dispose();
    }
    console.log(`${name}, trained in fp32, then rounded or trained on: ${percents(mean)}`);
    for (const [weights, { margin }] of Object.entries(TRAINED))
      cases[`${name}: trained for ${weights}, it is within ${100 * margin} points of fp32`] = () =>
        assert.ok(
          mean[`${weights} trained`] >= mean.fp32 - margin,
          `${mean[`${weights} trained`]} against ${mean.fp32}`,
        );
    for (const [weights, loss] of Object.entries(BROKEN))
      cases[`${name}: rounded to ${weights} without training, it loses ${100 * loss} points`] =
        () =>
          assert.ok(
            mean[`${weights} rounded`] <= mean.fp32 - loss,
            `${mean[`${weights} rounded`]} against ${mean.fp32}`,
          );
    cases[`${name}: the integer model is as accurate as its simulation`] = () =>
      assert.ok(farthest <= 0.006, `${farthest}: more than two of the 360 digits`);
  }
  return cases;
}

async function trainOn(tf, model, { x, y }) {
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy' });
  await model.fit(x, y, { epochs: EPOCHS, batchSize: 64, shuffle: false, verbose: 0 });
}
