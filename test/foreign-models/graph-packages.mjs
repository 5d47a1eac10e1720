/**
 * Published GraphModels of TensorFlow.js, in the packages that ship them with their weights.
 * @typedef {object} GraphFile
 * @property {string} file `model.json`, in the package
 * @property {string} does
 * @property {readonly [number, number]} range of the values that it takes
 * @property {number} sqnrDb the least signal to noise of its outputs in int8, of the worst. From images
 *   that show nothing some outputs are next to nothing, and little is left of these: of handlandmark-lite's
 *   last ONNX Runtime's own `quantize_static` keeps 2.7 dB on the same data, of faceres's features 0.3
 * @property {Readonly<Record<string, readonly (number | null)[]>>} [inputs] nodes to begin with, where the
 *   whole graph can't be layers, and their shapes
 * @property {readonly string[]} [outputs] nodes to stop at
 * @property {number} [tolerance] of fp32, of the largest value of an output
 *
 * @typedef {object} GraphPackage
 * @property {'npm'} registry
 * @property {string} name
 * @property {string} version
 * @property {string} digest SHA-512 in base64
 * @property {string} license
 * @property {readonly GraphFile[]} models
 */

const human = (name, does, range, sqnrDb, more = {}) => ({
  file: `package/models/${name}.json`,
  does,
  range,
  sqnrDb,
  ...more,
});

/** @type {readonly GraphPackage[]} */
export const GRAPH_PACKAGES = [
  {
    registry: 'npm',
    name: '@vladmandic/human',
    version: '3.3.6',
    digest:
      'Nr5mPfq1gQ+uKeXY5uM3Fj8UxvF5CEh2s6txM5wRThqaW0mF9huooOuZSrT8hhGho0hGaXLFdAwfD/2+teCv6A==',
    license: 'MIT',
    models: [
      human('antispoof', 'tells a face from a picture of one', [0, 1], 30),
      human('blazeface', 'detects faces', [-1, 1], 5),
      human('centernet', 'detects objects', [0, 255], 1, {
        outputs: ['tower_0/wh', 'tower_0/keypoints'],
      }),
      human('emotion', 'tells emotions', [0, 1], 20),
      human('facemesh', 'finds the landmarks of a face', [0, 1], 5),
      human('faceres', 'tells age and gender', [0, 255], 8),
      human('handlandmark-lite', 'finds the joints of a hand', [0, 1], 1),
      human(
        'handtrack',
        'detects hands, between its loop over images and its choice of boxes',
        [-1, 1],
        5,
        {
          inputs: {
            'StatefulPartitionedCall/map/TensorArrayV2Stack/TensorListStack': [null, 320, 320, 3],
          },
          outputs: ['StatefulPartitionedCall/concat', 'StatefulPartitionedCall/concat_1'],
        },
      ),
      human('iris', 'finds the landmarks of an eye', [0, 1], 20),
      human('liveness', 'tells a live face', [0, 1], 20),
      human('movenet-lightning', 'finds the joints of a body', [0, 255], 15),
    ],
  },
  {
    registry: 'npm',
    name: '@spotify/basic-pitch',
    version: '1.0.1',
    digest:
      'SAxiFi9ZnyhGdhWEOS9YVhdunZiKzI3I5zOccZzDzQRr4s00Ii9lphqlPMMfby3iYa7TSupB2g8yuu1kJ6gL+Q==',
    license: 'Apache-2.0',
    models: [
      {
        file: 'package/model/model.json',
        does: 'finds the notes in audio',
        // On a processor without AVX-512 a batch is computed otherwise than a row: 1e-3 was seen.
        tolerance: 2e-3,
        range: [-1, 1],
        sqnrDb: 8,
      },
    ],
  },
];
