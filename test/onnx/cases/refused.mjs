/** What can't be exported, and what the error says. */
import assert from 'node:assert/strict';

const { layers } = tf;
const on = (inputShape, ...list) =>
  tf.sequential({ layers: [layers.inputLayer({ inputShape }), ...list] });

class Cube extends tf.layers.Layer {
  static className = 'Cube';
  call(x) {
    return tf.pow([x].flat()[0], 3);
  }
}

const REFUSED = {
  'a layer of the user': [
    () => on([4], layers.dense({ units: 2 }), new Cube({ name: 'cube' })),
    {},
    'onnx-unsupported',
    /'cube' \(Cube\).*Allowed are: Activation, /s,
  ],
  'a convolutional LSTM': [
    () => on([2, 5, 5, 1], layers.convLstm2d({ filters: 2, kernelSize: 3, name: 'video' })),
    {},
    'onnx-unsupported',
    /'video' \(ConvLSTM2D\)/,
  ],
  'a layer normalization with a gap between its axes': [
    () => on([3, 4, 5], layers.layerNormalization({ axis: [1, 3], name: 'norm' })),
    {},
    'onnx-unsupported',
    /'norm'.*axes 1, 3 of 4/s,
  ],
  'a stack of recurrent cells': [
    () =>
      on(
        [3, 4],
        layers.rnn({
          cell: layers.stackedRNNCells({
            cells: [layers.gruCell({ units: 2 }), layers.gruCell({ units: 3 })],
          }),
          name: 'stack',
        }),
      ),
    {},
    'onnx-unsupported',
    /'stack' \(RNN\).*StackedRNNCells.*SimpleRNNCell, GRUCell, LSTMCell/s,
  ],
  'a stateful recurrent layer': [
    () =>
      tf.sequential({
        layers: [
          layers.lstm({ units: 2, stateful: true, batchInputShape: [2, 3, 4], name: 'memory' }),
        ],
      }),
    {},
    'onnx-unsupported',
    /'memory'.*stateful/s,
  ],
  'weights beyond fp16': [
    () => {
      const model = on([1], layers.dense({ units: 1, name: 'large' }));
      model.setWeights([tf.tensor2d([[7e4]]), tf.tensor1d([0])]);
      return model;
    },
    { format: 'fp16' },
    'fp16-overflow',
    /'large\/kernel' has the value 70000; fp16 ends at 65504/,
  ],
  'a model that was disposed of': [
    () => {
      const model = on([4], layers.dense({ units: 2, name: 'gone' }));
      model.dispose();
      return model;
    },
    {},
    'disposed',
    /'gone' have been disposed of/,
  ],
  'int8 of a float model': [
    () => on([4], layers.dense({ units: 2 })),
    { format: 'int8' },
    'not-quantized',
    /quantize\(model/,
  ],
  'an unknown format': [
    () => on([4], layers.dense({ units: 2 })),
    { format: 'fp8' },
    'invalid-option',
    /format is "fp8"; allowed are fp32, fp16, int8, int4/,
  ],
  'an old operator set': [
    () => on([4], layers.dense({ units: 2 })),
    { opset: 13 },
    'invalid-option',
    /opset is 13; allowed are 21, 22, 23/,
  ],
  'blocks that are no power of two': [
    () => on([64], layers.dense({ units: 2 })),
    { format: 'int4', blockSize: 24 },
    'invalid-option',
    /blockSize is 24; allowed are 16, 32/,
  ],
};

export function* refusedCases() {
  for (const [what, [model, options, code, message]] of Object.entries(REFUSED)) {
    yield {
      name: `refused: ${what}`,
      run: () =>
        assert.throws(
          () => halfnote.exportOnnx(model(), options),
          (error) => {
            assert.equal(error.code, code);
            assert.match(error.message, message);
            return true;
          },
        ),
    };
  }
}
