/** A model that trains in bf16, with what that did to its gradients. Runs by itself, in seconds. */
export const EXAMPLE = `import * as tf from '@tensorflow/tfjs';

%precision bf16
%gradients on
const digits = tf.randomNormal([256, 16]);
const sums = digits.sum(1, true);
const network = tf.sequential({
  layers: [
    tf.layers.dense({ units: 32, activation: 'relu', inputShape: [16] }),
    tf.layers.dense({ units: 1 }),
  ],
});
network.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
await network.fit(digits, sums, { epochs: 5 });
%gradients show
`;
