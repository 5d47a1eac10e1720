/** Recurrent layers, and layers around others. */
import { chain, onTokens, one, withGaps } from './networks.mjs';

const { layers } = tf;

const RECURRENT = ['simpleRNN', 'gru', 'lstm'];
export const recurrent = Object.fromEntries(
  RECURRENT.flatMap((kind) => [
    [kind, one([5, 4], () => layers[kind]({ units: 3 }))],
    [
      `${kind} with sequences`,
      one([5, 4], () => layers[kind]({ units: 3, returnSequences: true })),
    ],
    [
      `${kind} backwards with sequences`,
      one([5, 4], () => layers[kind]({ units: 3, returnSequences: true, goBackwards: true })),
    ],
    [
      `${kind} on an open sequence, without bias`,
      one([null, 4], () => layers[kind]({ units: 3, useBias: false, activation: 'relu' })),
    ],
    [
      `${kind} with an activation that ONNX's operator lacks`,
      one(
        [5, 4],
        () =>
          layers[kind]({
            units: 3,
            activation: 'selu',
            returnSequences: true,
            ...(kind === 'simpleRNN' ? {} : { recurrentActivation: 'sigmoid' }),
          }),
        { operators: { Scan: 1 } },
      ),
    ],
    [
      `${kind} backwards with an activation that ONNX's operator lacks`,
      one([5, 4], () =>
        layers[kind]({ units: 3, activation: 'swish', returnSequences: true, goBackwards: true }),
      ),
    ],
    [`${kind} with its states`, one([5, 4], () => layers[kind]({ units: 3, returnState: true }))],
    [
      `${kind} after masking`,
      {
        model: () =>
          chain(
            [5, 4],
            layers.masking(),
            layers[kind]({ units: 3, returnSequences: true }),
            layers[kind]({ units: 2 }),
          ),
        data: (shape) => withGaps(shape),
        operators: { Scan: 2 },
      },
    ],
    [
      `${kind} after an embedding that masks zeros`,
      {
        model: () =>
          onTokens(
            [6],
            layers.embedding({ inputDim: 7, outputDim: 4, maskZero: true }),
            layers[kind]({ units: 3 }),
          ),
        data: (shape) => tf.randomUniform(shape, 0, 3, 'int32', 5),
      },
    ],
    ...['concat', 'sum', 'ave', 'mul'].map((mergeMode) => [
      `${kind} in both directions, ${mergeMode}`,
      one([5, 4], () =>
        layers.bidirectional({
          layer: layers[kind]({ units: 3, returnSequences: mergeMode !== 'sum' }),
          mergeMode,
        }),
      ),
    ]),
    [
      `${kind} in both directions after masking`,
      {
        model: () =>
          chain(
            [5, 4],
            layers.masking(),
            layers.bidirectional({
              layer: layers[kind]({ units: 3, returnSequences: true }),
              mergeMode: 'concat',
            }),
          ),
        data: (shape) => withGaps(shape),
      },
    ],
    [
      `${kind} with given states`,
      {
        model: () => {
          const x = tf.input({ shape: [5, 4] });
          const states = (kind === 'lstm' ? ['h', 'c'] : ['h']).map(() => tf.input({ shape: [3] }));
          const outputs = layers[kind]({ units: 3 }).apply(x, { initialState: states });
          return tf.model({ inputs: [x, ...states], outputs });
        },
      },
    ],
  ]),
);

export const wrapped = {
  Rescaling: one([4, 4, 2], () => layers.rescaling({ scale: 1 / 255, offset: -0.5 })),
  'Rescaling of whole numbers': {
    model: () => onTokens([6], layers.rescaling({ scale: 0.5 })),
  },
  'RNN of an LSTM cell': one([5, 4], () =>
    layers.rnn({ cell: layers.lstmCell({ units: 3 }), returnSequences: true }),
  ),
  Masking: one([5, 4], () => layers.masking({ maskValue: 0 }), { data: withGaps }),
  'TimeDistributed dense': one([5, 4], () =>
    layers.timeDistributed({ layer: layers.dense({ units: 3, activation: 'softmax' }) }),
  ),
  'TimeDistributed convolution': one([3, 6, 6, 2], () =>
    layers.timeDistributed({
      layer: layers.conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }),
    }),
  ),
  'TimeDistributed flatten on an open sequence': one([null, 3, 2], () =>
    layers.timeDistributed({ layer: layers.flatten() }),
  ),
};
