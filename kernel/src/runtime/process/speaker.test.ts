import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { expect, it } from 'vitest';
import { packageRoot } from '../packages';
import { speaksForUs } from './speaker';

/** Asks from inside files that call each other, the outermost first. */
function asked(...files: readonly string[]): boolean {
  return [...files].reverse().reduce<() => boolean>((inner, filename) => {
    const call = vm.runInThisContext('(inner) => () => inner()', { filename }) as (
      inner: () => boolean,
    ) => () => boolean;
    return call(inner);
  }, speaksForUs)();
}

const OURS = `${packageRoot}/dist/precision/notice.js`;
const RUNTIME = `${packageRoot}/dist/runtime/process/modules.js`;
const TFJS = '/somewhere/node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js';
const PACKAGE = '/somewhere/node_modules/progress/index.js';

it.each([
  { says: 'this package', files: ['cell[1]', OURS], ours: true },
  { says: 'TensorFlow.js', files: ['cell[1]', TFJS], ours: true },
  { says: 'an ES module of TensorFlow.js', files: ['cell[1]', `file://${TFJS}`], ours: true },
  {
    says: 'TensorFlow.js in a folder with a # and a space',
    files: ['cell[1]', pathToFileURL(`/some #1 where${TFJS}`).href],
    ours: true,
  },
  { says: 'code that calls itself a broken URL', files: [TFJS, 'file:///%zz'], ours: false },
  { says: 'a package that TensorFlow.js uses', files: ['cell[1]', TFJS, PACKAGE], ours: true },
  { says: 'a cell', files: ['cell[1]'], ours: false },
  { says: "a cell's callback in TensorFlow.js", files: ['cell[1]', TFJS, 'cell[1]'], ours: false },
  { says: "a package of the user's", files: ['cell[1]', PACKAGE], ours: false },
  {
    says: "a package of the user's while it is loaded",
    files: ['cell[1]', RUNTIME, PACKAGE],
    ours: false,
  },
  { says: 'a module beside the notebook', files: [TFJS, '/home/me/helpers.ts'], ours: false },
])('knows who speaks when it is $says', ({ files, ours }) => {
  expect(asked('cell[0]', ...files)).toBe(ours);
});
