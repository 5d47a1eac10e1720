import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../start';
import { kernelTraps } from '../backend/traps';
import { AUTOCAST_DIFFERENCES } from './autocast-differences';
import { PYTORCH_OPERATOR, pytorchRule } from './autocast-pytorch.fixture';
import { castRule, castTable, type CastRule } from './autocast-table';

const PACKAGE = dirname(createRequire(__filename).resolve('@tensorflow/tfjs-node-gpu'));
const KERNELS = join(PACKAGE, 'kernels');
const CALL =
  /execute(?:SingleOutput|MultipleOutputs|SingleInput)\(\s*(?:'(\w+)'|(?:tfjs_1|tfjs_core_1)\.(\w+))/g;

/** Ops of the backend whose inputs are never floats: there is nothing to cast. */
const WITHOUT_FLOATS = new Set([
  'All',
  'Any',
  'BroadcastArgs',
  'CreateSummaryFileWriter',
  'DecodeBmp',
  'DecodeGif',
  'DecodeJpeg',
  'DecodePng',
  'FlushSummaryWriter',
  'LogicalAnd',
  'LogicalNot',
  'LogicalOr',
  'StaticRegexReplace',
  'SummaryWriter',
]);

/** The TensorFlow ops that a source of tfjs-node runs; `tfjs_1.Multiply` is a name that tfjs exports. */
function opsOf(path: string): string[] {
  const names = tf as unknown as Readonly<Record<string, string>>;
  return [...readFileSync(path, 'utf8').matchAll(CALL)].map(
    ([, literal, constant = '']) => literal ?? names[constant] ?? constant,
  );
}

/** The sources of this package that run ops through the backend, and with it the planner. */
function ourOps(): string[] {
  const folder = resolve(__dirname, '..');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
    .flatMap((name) => opsOf(join(folder, name)));
}

const listed = (op: string): CastRule[] =>
  (Object.keys(castTable()) as CastRule[]).filter((rule) => castTable()[rule].includes(op));

beforeAll(() => {
  loadBackend();
});

describe('the autocast table', () => {
  it('has every op that a kernel of the backend runs in exactly one list', () => {
    const kernels = tf.getKernelsForBackend('tensorflow').map(({ kernelName }) => kernelName);
    expect(kernels.length).toBeGreaterThan(150);
    const wrong = kernels.flatMap((kernel) => {
      const path = join(KERNELS, `${kernel}.js`);
      // One that we add; what it runs is looked at as it runs, in `patches`.
      if (!existsSync(path)) return [];
      const ops = opsOf(path);
      if (ops.length === 0 && /\.execute/.test(readFileSync(path, 'utf8'))) return [kernel];
      return ops
        .filter((op) => listed(op).length !== (WITHOUT_FLOATS.has(op) ? 0 : 1))
        .map((op) => `${kernel}: ${op} is in [${listed(op).join(', ')}]`);
    });
    expect(wrong).toEqual([]);
  });

  it('has the ops in one list that tfjs-node and we run without a kernel', () => {
    const ops = [...opsOf(join(PACKAGE, 'nodejs_kernel_backend.js')), ...ourOps()];
    expect(ops).toEqual(expect.arrayContaining(['Div', 'Where', 'ReluGrad']));
    const wrong = ops.filter((op) => listed(op).length !== (WITHOUT_FLOATS.has(op) ? 0 : 1));
    expect(wrong).toEqual([]);
  });

  it('has the raw gradients in one list: products low, sums and statistics in fp32', () => {
    const rules = (ops: readonly string[]): string[] => ops.map((op) => listed(op).join('+'));
    expect(
      rules([
        'Conv2DBackpropFilter',
        'Conv2DBackpropInput',
        'Conv3DBackpropFilterV2',
        'Conv3DBackpropInputV2',
        'DepthwiseConv2dNativeBackpropFilter',
        'DepthwiseConv2dNativeBackpropInput',
      ]),
    ).toEqual(Array(6).fill('low'));
    expect(
      rules([
        'BiasAddGrad',
        'FusedBatchNormGradV3',
        'LRNGrad',
        'ResizeBilinearGrad',
        'ResizeNearestNeighborGrad',
        'RsqrtGrad',
        'SoftplusGrad',
        'UnsortedSegmentSum',
      ]),
    ).toEqual(Array(8).fill('fp32'));
    expect(
      rules([
        'AvgPoolGrad',
        'AvgPool3DGrad',
        'EluGrad',
        'LeakyReluGrad',
        'MaxPoolGrad',
        'MaxPool3DGrad',
        'ReluGrad',
        'Relu6Grad',
        'SeluGrad',
        'SigmoidGrad',
        'TanhGrad',
      ]),
    ).toEqual(Array(11).fill('follow'));
  });

  it('names each op once', () => {
    const names = Object.values(castTable()).flat();
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('promotes ops it does not know', () => {
    expect(castRule('SomethingNew')).toBe('promote');
  });

  it('gives fp32 to what a device can only sum up in fp32, and leaves the rest its format', () => {
    for (const trap of kernelTraps({ device: 'cpu', native: [] })) {
      expect([trap.op, castRule(trap.op) === 'fp32']).toEqual([trap.op, !trap.roundResult]);
    }
  });
});

describe("PyTorch's lists", () => {
  /** PyTorch promotes by itself what its lists don't name, and what promotes follows a lone input. */
  const effect = (rule: CastRule): string => (rule === 'follow' ? 'promote' : rule);

  it('are ours, but for the differences that are written down with their reasons', () => {
    const differences = Object.entries(PYTORCH_OPERATOR).flatMap(([op, pytorch]) => {
      const ours = effect(castRule(op));
      const cuda = pytorchRule('cuda', pytorch) ?? 'follow';
      const cpu = pytorchRule('cpu', pytorch);
      const found: string[] = [];
      if (effect(cuda) !== ours) found.push(`${op} ${pytorch} cuda ${cuda}`);
      else if (cpu !== undefined && effect(cpu) !== ours) found.push(`${op} ${pytorch} cpu ${cpu}`);
      return found;
    });
    const documented = AUTOCAST_DIFFERENCES.flatMap(({ ops, pytorch, device, theirs }) =>
      ops.map((op) => `${op} ${pytorch} ${device} ${theirs}`),
    );
    expect(differences.sort()).toEqual(documented.sort());
  });

  it('have every operator in our table that they name and TensorFlow has, by name', () => {
    const ops = new Set(Object.keys(PYTORCH_OPERATOR));
    expect([...ops].filter((op) => listed(op).length !== 1)).toEqual([]);
    expect(pytorchRule('cuda', 'mm')).toBe('low');
    expect(pytorchRule('cpu', 'cat')).toBe('promote');
    expect(pytorchRule('cuda', 'relu')).toBeUndefined();
  });
});
