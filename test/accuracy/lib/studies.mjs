import { accuracy, loadDigits } from './digits.mjs';
import {
  characterTransformer,
  convolutionalNetwork,
  fit,
  perceptron,
  recurrentNetwork,
} from './networks.mjs';
import { bitsPerCharacter, loadText, windows } from './text.mjs';

/** What `npm run study` trains: title, metric, margin and one run of each study. */
export const STUDIES = {
  mlp: (tf) => digits(tf, 'Perceptron on handwritten digits', perceptron),
  cnn: (tf) => digits(tf, 'Convolutional network on handwritten digits', convolutionalNetwork),
  lstm: (tf) => digits(tf, 'LSTM on handwritten digits, row by row', recurrentNetwork),
  transformer: (tf, halfnote) => characters(tf, halfnote),
};

function digits(tf, title, build) {
  const { train, test } = loadDigits(tf);
  return {
    title,
    metric: 'test accuracy',
    margin: 0.01,
    run: async ({ seed }) => {
      const model = build(tf, seed);
      await fit(tf, model, train);
      const score = accuracy(tf, model, test);
      model.dispose();
      return score;
    },
  };
}

const LENGTH = 64;
const BATCH = 32;
const STEPS = 200;

function characters(tf, halfnote) {
  const { vocabulary, train, test } = loadText();
  const evenly = Array.from({ length: 128 }, (_, index) =>
    Math.floor((index * (test.length - LENGTH - 1)) / 128),
  );
  const held = windows(tf, test, evenly, LENGTH);
  return {
    title: `Two transformer blocks on English text, ${STEPS} steps`,
    metric: 'bits per character, held out',
    margin: 0.03,
    run: ({ seed }) => {
      const model = characterTransformer(tf, halfnote, { seed, vocabulary, length: LENGTH });
      const optimizer = tf.train.adam(0.002);
      const random = tf.randomUniform([STEPS * BATCH], 0, train.length - LENGTH - 1, 'int32', seed);
      const starts = random.dataSync();
      random.dispose();
      for (let step = 0; step < STEPS; step++) {
        const { x, y } = windows(tf, train, starts.slice(step * BATCH, (step + 1) * BATCH), LENGTH);
        optimizer.minimize(() => bitsPerCharacter(tf, model.apply(x, { training: true }), y));
        tf.dispose([x, y]);
      }
      const score = tf.tidy(
        () => bitsPerCharacter(tf, model.predict(held.x), held.y).dataSync()[0],
      );
      optimizer.dispose();
      model.dispose();
      return score;
    },
  };
}
