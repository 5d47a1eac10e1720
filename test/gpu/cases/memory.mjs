import assert from 'node:assert/strict';
import { examples, network } from '../lib/networks.mjs';

const MIB = 2 ** 20;

export const memoryCases = {
  'a tensor in 16 bits takes half of one in 32': halfOfIt,
  'the peak of a pass in 16 bits is read, and is lower than in fp32': lowerPeak,
  '%memory measures the peak of a step, and predicts it': predictedPeak,
};

function halfOfIt({ tf, halfnote }) {
  const bytes = () => halfnote.nativeMemory().tensorBytes;
  const taken = ['fp32', 'bf16', 'fp16'].map((format) => {
    const before = bytes();
    const wide = tf.fill([MIB], 1.5);
    const tensor = halfnote.castTo(wide, format);
    if (tensor !== wide) wide.dispose();
    const held = bytes() - before;
    tensor.dispose();
    assert.equal(bytes(), before, `${format} leaves something behind`);
    return held / MIB;
  });
  assert.deepEqual(taken, [4, 2, 2]);
  return `${taken.join(', ')} MiB for 2^20 numbers in fp32, bf16, fp16`;
}

function lowerPeak({ tf, halfnote }) {
  const side = 512;
  const x = tf.ones([side, side]);
  const weights = Array.from({ length: 4 }, () => tf.variable(tf.fill([side, side], 1 / side)));
  const peaks = ['fp32', 'bf16', 'fp16'].map((format) =>
    tf.tidy(() => {
      const input = halfnote.castTo(x, format);
      const kernels = weights.map((weight) => halfnote.castTo(weight, format));
      halfnote.resetPeakMemory();
      const before = halfnote.nativeMemory().tensorBytes;
      const last = halfnote.withPrecision(format, () =>
        kernels.reduce((activations, kernel) => tf.relu(tf.matMul(activations, kernel)), input),
      );
      assert.equal(last.dataSync()[0], 1);
      return (halfnote.nativeMemory().peakTensorBytes - before) / MIB;
    }),
  );
  tf.dispose([x, ...weights]);
  const [fp32, ...low] = peaks;
  for (const peak of low)
    assert.ok(peak > 0 && peak < 0.75 * fp32, `peaks of ${peaks.join(', ')} MiB above the inputs`);
  return `${peaks.map((peak) => peak.toFixed(1)).join(', ')} MiB in fp32, bf16, fp16`;
}

async function predictedPeak({ tf, halfnote }) {
  const model = network(tf, 'convolutional network');
  const data = examples(tf, 'convolutional network', 64);
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  const view = await halfnote.trainingMemory(model, { data: [data.x, data.y], batchSize: 64 });
  const { formats } = view.result;
  model.dispose();
  tf.dispose(data);
  assert.ok(formats.length >= 4, `formats: ${formats.map(({ format }) => format)}`);
  for (const { format, predictedPeakBytes, measuredPeakBytes } of formats) {
    const ratio = measuredPeakBytes / predictedPeakBytes;
    assert.ok(
      ratio > 0.5 && ratio < 2,
      `${format}: ${measuredPeakBytes} bytes measured, ${predictedPeakBytes} predicted`,
    );
  }
  return formats
    .map(
      ({ format, measuredPeakBytes }) => `${format} ${(measuredPeakBytes / 1024).toFixed(0)} KiB`,
    )
    .join(', ');
}
