import { NEEDED, OPTIONAL } from '../contents.mjs';
import { STAND_IN } from '../stand-in.mjs';

/**
 * Packages that go along in Halfnote's own, because npm can't install them as they are without a download
 * by a script, or more than is needed. Kept are the files that run; they lose their scripts.
 */

/**
 * @typedef {object} Bundled
 * @property {string} why  it can't be an ordinary dependency
 * @property {string} [main]  the module that its name stands for, where it isn't kept: without `.js`
 * @property {RegExp} kept  its files that stay, of those that any package of ours keeps
 * @property {readonly string[]} needs  all that these ask for; npm installs it
 */

/** @type {ReadonlyMap<string, Bundled>} */
export const BUNDLED = new Map([
  [
    'tslab',
    {
      why: 'it asks for a fork of TypeScript of 60 MB, and for what it makes pages of',
      main: 'dist/converter',
      kept: /^dist\/(?:converter|metadata|tspath|util)\.(?:js|d\.ts)$/,
      needs: [STAND_IN, ...NEEDED.get('tslab')],
    },
  ],
  [
    '@tensorflow/tfjs-node-gpu',
    {
      why: 'its install script downloads TensorFlow 2.9',
      kept: /^dist\/(?!.*run_tests\.)/,
      needs: ['@tensorflow/tfjs-core', ...NEEDED.get('@tensorflow/tfjs-node-gpu')],
    },
  ],
  [
    'onnxruntime-node',
    {
      why: 'its install script may download CUDA’s libraries; it holds the binaries of all platforms',
      kept: /^dist\//,
      needs: NEEDED.get('onnxruntime-node'),
    },
  ],
]);

const OWN_BINARIES = 'require(`../bin/napi-v6/${process.platform}/${process.arch}/';
const OUR_BINARIES = 'require(`@halfnote/binding-${process.platform}-${process.arch}/';

/**
 * The text of ONNX Runtime's `dist/binding.js` that takes its addon from our package for the platform.
 * @param {string} text
 * @throws one line where it looks for it otherwise than it did
 */
export function withOurBinaries(text) {
  if (!text.includes(OWN_BINARIES))
    throw new Error(
      `onnxruntime-node's dist/binding.js has no ${OWN_BINARIES}: see how it loads its addon now.`,
    );
  return text.replace(OWN_BINARIES, OUR_BINARIES);
}

/**
 * The packages that a file in CommonJS asks for, without Node.js's own and examples in comments.
 * @param {string} text
 * @param {(name: string) => boolean} isBuiltin
 */
export function asksFor(text, isBuiltin) {
  const code = text.replace(/^\s*(?:\*|\/\/).*$/gm, '');
  const asked = code.matchAll(/\brequire\(\s*["'`]([^."'`][^"'`]*)["'`]\s*\)/g);
  const names = [...asked].map(([, path]) => /^(?:@[^/]+\/)?[^/]+/.exec(path)[0]);
  return [...new Set(names)].filter((name) => !OPTIONAL.has(name) && !isBuiltin(name));
}
