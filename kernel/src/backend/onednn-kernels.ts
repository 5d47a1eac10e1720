import { attr } from './attributes';
import type { OpAttribute } from './contract';
import { DT } from './dtypes';
import { createHandle, deleteHandles, rawOp } from './raw';

type Shape = readonly number[];

/** An op as TensorFlow is asked for it: the fields of `binding.executeOp` that decide on the kernel. */
export interface KernelCall {
  readonly name: string;
  readonly attributes: readonly OpAttribute[];
}

/**
 * When oneDNN's kernels are asked for: `where faster`, call by call; `wherever alone`, which is where
 * TensorFlow itself takes them for ops that run by themselves; `never`.
 */
export type OneDnnUse = 'where faster' | 'wherever alone' | 'never';

/** Which kernels to ask for. */
export interface KernelChoice {
  use: OneDnnUse;
  /** The codes of the types that oneDNN computes in on this processor. */
  types: readonly number[];
}

/** Before the processor is known. */
export const NO_CHOICE: KernelChoice = { use: 'never', types: [] };

/** The environment variable that turns TensorFlow's own choice of oneDNN's kernels on and off. */
export const ONEDNN_SWITCH = 'TF_ENABLE_ONEDNN_OPTS';

/** A kernel that oneDNN has too, and for which calls it is the faster one. */
interface Substitute {
  readonly name: string;
  readonly pays: (shapes: readonly Shape[], attributes: readonly OpAttribute[]) => boolean;
  /** Which calls it was tried with: default {@link arePlain}. */
  readonly takes?: (attributes: readonly OpAttribute[]) => boolean;
  /** Attributes that the substitute doesn't take. */
  readonly without?: string;
}

/**
 * Measured on two cores with AVX2, TensorFlow 2.21, fp32, against the Eigen kernels. Products: with the
 * second matrix transposed, as in each layer's input gradient, 1.2 to 4 times as fast, in batches 1.1 to
 * 2; other single ones 1 to 1.8 where oneDNN packs both matrices, and slower where it doesn't.
 * Convolutions: forward 1.1 to 3.8, input gradient 1.2 to 1.7, filter gradient 1.1 to 2.2, depthwise
 * 2.2; smaller ones than the limits below are slower. Its softmax hides NaN.
 */
const SUBSTITUTES: Readonly<Record<string, Substitute>> = {
  BatchMatMulV2: { name: '_MklBatchMatMulV2', pays: productPays },
  Conv2D: {
    name: '_MklNativeConv2D',
    without: 'use_cudnn_on_gpu',
    pays: ([x = [], filter = []]) => (x[0] ?? 0) >= 8 && size(x) * last(filter) >= 2 ** 16,
  },
  Conv2DBackpropInput: {
    name: '_MklNativeConv2DBackpropInput',
    pays: ([, filter = [], dy = []]) =>
      (filter[2] ?? 0) >= 16 && convolutionWork(filter, dy) >= 4e6,
  },
  Conv2DBackpropFilter: {
    name: '_MklNativeConv2DBackpropFilter',
    pays: ([x = [], , dy = []]) => x[1] === dy[1] && size(x) * last(dy) >= 2 ** 19,
  },
  // TensorFlow's own kernel refuses dilation.
  Conv3D: { name: '_MklNativeConv3D', takes: isDilated, pays: () => true },
  Conv3DBackpropInputV2: { name: '_MklNativeConv3DBackpropInputV2', pays: never },
  Conv3DBackpropFilterV2: { name: '_MklNativeConv3DBackpropFilterV2', pays: never },
  DepthwiseConv2dNative: {
    name: '_MklNativeDepthwiseConv2dNative',
    pays: ([x = []]) => size(x) >= 2 ** 20,
  },
  DepthwiseConv2dNativeBackpropInput: {
    name: '_MklNativeDepthwiseConv2dNativeBackpropInput',
    pays: ([, , dy = []]) => size(dy) >= 2 ** 20,
  },
  DepthwiseConv2dNativeBackpropFilter: {
    name: '_MklNativeDepthwiseConv2dNativeBackpropFilter',
    pays: never,
  },
};

function never(): boolean {
  return false;
}

const LABEL = attr.string('_kernel', 'MklNameChangeOp');

/** Below this many operations a call's fixed cost decides. */
const SMALL_PRODUCT = 4e6;

/** Of 1/rows + 1/columns: from here on oneDNN packs no matrix (`nocopy_checker_avx2` in its source). */
const PACKED = 0.0038;

function productPays(
  [a = [], b = []]: readonly Shape[],
  attributes: readonly OpAttribute[],
): boolean {
  const transposed = (name: string): boolean =>
    attributes.some((entry) => entry.name === name && entry.value === true);
  const [ofA, ofB] = [transposed('adj_x'), transposed('adj_y')];
  const rows = a.at(ofA ? -1 : -2) ?? 0;
  const columns = b.at(ofB ? -2 : -1) ?? 0;
  if (2 * size(a) * columns < SMALL_PRODUCT) return false;
  const batches = [a, b].map((shape) => size(shape.slice(0, -2)));
  if (batches[0] !== batches[1]) return false;
  return batches[0] !== 1 || (ofB && !ofA) || 1 / rows + 1 / columns < PACKED;
}

function convolutionWork(filter: Shape, dy: Shape): number {
  return 2 * size(dy) * size(filter.slice(0, 3));
}

function size(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

function last(shape: Shape): number {
  return shape.at(-1) ?? 0;
}

/**
 * Whether TensorFlow takes oneDNN's kernel for an op by itself (`mkl_eager_op_rewrite.cc`). It adds 16-bit
 * products up in fp32, which TensorFlow's own kernels of some ops don't.
 */
function isTaken(attributes: readonly OpAttribute[], types: readonly number[]): boolean {
  return attributes.every(
    ({ name, value }) =>
      (name !== 'T' || types.includes(value as number)) &&
      (name !== 'padding' || value !== 'EXPLICIT'),
  );
}

/** The kernel for a call: oneDNN's, or the call itself. */
export function kernelFor(
  { use, types }: KernelChoice,
  call: KernelCall,
  shapes: () => readonly Shape[],
): KernelCall {
  const substitute = use === 'never' ? undefined : SUBSTITUTES[call.name];
  if (substitute === undefined) return call;
  const { name, without, pays, takes = arePlain } = substitute;
  const isAsked =
    use === 'wherever alone'
      ? isTaken(call.attributes, types)
      : takes(call.attributes) && pays(shapes(), call.attributes);
  if (!isAsked) return call;
  const kept = call.attributes.filter((entry) => entry.name !== without);
  return { name, attributes: [...kept, LABEL] };
}

/** The inverse of {@link kernelFor}: the call that an op of oneDNN's stands for, or the call itself. */
export function plainKernel({ name, attributes }: KernelCall): KernelCall {
  const plain = Object.entries(SUBSTITUTES).find(([, substitute]) => substitute.name === name)?.[0];
  if (plain === undefined) return { name, attributes };
  return { name: plain, attributes: attributes.filter((entry) => entry.name !== LABEL.name) };
}

function arePlain(attributes: readonly OpAttribute[]): boolean {
  return attributes.every(isPlain);
}

function isDilated(attributes: readonly OpAttribute[]): boolean {
  return attributes.some(
    ({ name, value }) =>
      name === 'dilations' && Array.isArray(value) && value.some((rate) => rate !== 1),
  );
}

/** In fp32 and without dilation, which is what was measured. */
function isPlain({ name, value }: OpAttribute): boolean {
  if (name === 'T') return value === DT.float;
  return name !== 'dilations' || (Array.isArray(value) && value.every((rate) => rate === 1));
}

/** With any of these TensorFlow would turn oneDNN on. */
const ONEDNN_BY_DEFAULT = ['avx512_vnni', 'avx512_bf16', 'avx_vnni', 'amx_int8', 'amx_bf16'];

/** Which processors oneDNN computes in 16-bit types on (`IsDataTypeSupportedByOneDNNOnThisCPU`). */
const SIXTEEN_BIT: readonly (readonly [type: number, isa: readonly string[]])[] = [
  [DT.bfloat16, ['avx512f', 'avx_ne_convert']],
  [DT.half, ['avx512_fp16', 'amx_fp16', 'avx_ne_convert']],
];

/**
 * The choice on an x86 CPU, unless the user has set {@link ONEDNN_SWITCH}. TensorFlow would turn oneDNN on
 * for all ops of some processors. It is kept from that: in graphs it then takes oneDNN's softmax, which
 * gives other last digits than the op by itself, and hides NaN.
 */
export function chooseKernels(isa: readonly string[], setting: string | undefined): KernelChoice {
  const has = (sets: readonly string[]): boolean => isa.some((set) => sets.includes(set));
  if (setting !== undefined || !isa.includes('avx2') || !hasOneDnn()) return NO_CHOICE;
  const low = SIXTEEN_BIT.filter(([, sets]) => has(sets)).map(([type]) => type);
  return {
    use: has(ONEDNN_BY_DEFAULT) ? 'wherever alone' : 'where faster',
    types: [DT.float, ...low],
  };
}

/** A product of two 1x1 matrices on oneDNN's kernel: does the library have it? */
function hasOneDnn(): boolean {
  const owned: number[] = [];
  try {
    const one = createHandle([1, 1, 1], Float32Array.of(3));
    owned.push(one);
    const attributes = [
      attr.type('T', DT.float),
      attr.bool('adj_x', false),
      attr.bool('adj_y', true),
      LABEL,
    ];
    owned.push(...rawOp('_MklBatchMatMulV2', attributes, [one, one]).map(({ id }) => id));
    return true;
  } catch {
    return false;
  } finally {
    deleteHandles(...owned);
  }
}
