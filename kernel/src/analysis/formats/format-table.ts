import type { DeviceFacts } from '../../backend/contract';
import { NATIVE_CAPABILITY, NATIVE_INSTRUCTIONS } from '../../backend/support';
import { BLOCK_FORMATS, type BlockFormatId } from '../../formats/blocks';
import { limits } from '../../formats/limits';
import { FORMATS, type FormatId } from '../../formats/table';
import { displayed } from '../../display/displayed';
import { COMPARE_FORMATS, type CompareKind } from '../comparison/compare-formats';
import type { FormatRow, Use } from './result';
import { formatTableBundle } from './view';

const TENSORFLOW = 'TensorFlow';
const STORED = '16-bit storage, products in fp32';
const WEIGHTS_ONLY = 'quantized weights, fp32 activations';
const ROUNDED: Use = {
  runs: 'weights rounded (`compare`)',
  engine: 'ours',
  otherwise: 'products in fp32',
};
const DATA: Use = { engine: 'ours' };
/** A model that was trained so has integer activations, and runs as int8 does. */
const TRAINED = 'where int8 is, after QAT: codes of a byte each';
const NARROW: Use = {
  trains: 'QAT',
  runs: WEIGHTS_ONLY,
  native: TRAINED,
  engine: TENSORFLOW,
  otherwise: 'packed codes, widened for products in fp32',
};
const LOOKED_UP: Use = {
  runs: WEIGHTS_ONLY,
  engine: TENSORFLOW,
  otherwise: 'packed codes, looked up for products in fp32',
};
const INT4: Use = {
  ...NARROW,
  native: `CPUs, in dense layers: 4-bit codes, activations rounded to int8 in blocks; ${TRAINED}`,
  engine: 'ONNX Runtime `MatMulNBits`',
};

const USES: Readonly<Record<FormatId, Use>> = {
  fp32: {
    support: 'fp32',
    trains: 'yes',
    runs: 'yes',
    native: 'CPUs and GPUs',
    engine: 'TensorFlow; WebAssembly',
  },
  tf32: {
    support: 'tf32',
    trains: '`%precision tf32`',
    runs: 'yes',
    capability: NATIVE_CAPABILITY.tf32,
    native: 'CPUs that are native in bf16, with `TF_SET_ONEDNN_FPMATH_MODE=BF16` set',
    engine: TENSORFLOW,
    otherwise: 'inputs of products rounded, products in fp32',
  },
  fp16: {
    support: 'fp16',
    trains: '`%precision fp16`, loss scaled',
    runs: 'yes',
    cpu: NATIVE_INSTRUCTIONS.fp16,
    capability: NATIVE_CAPABILITY.fp16,
    engine: TENSORFLOW,
    otherwise: STORED,
  },
  bf16: {
    support: 'bf16',
    trains: '`%precision bf16`',
    runs: 'yes',
    cpu: NATIVE_INSTRUCTIONS.bf16,
    capability: NATIVE_CAPABILITY.bf16,
    engine: TENSORFLOW,
    otherwise: STORED,
  },
  e4m3: {
    support: 'fp8',
    trains: '`%precision fp8`: weights and activations',
    runs: 'weights and activations',
    engine: TENSORFLOW,
    otherwise: 'inputs of products rounded, products in fp32',
  },
  e5m2: {
    support: 'fp8',
    trains: '`%precision fp8`: output gradients',
    runs: 'weights rounded (`compare`)',
    engine: TENSORFLOW,
    otherwise: 'inputs of products rounded, products in fp32',
  },
  e3m4: ROUNDED,
  e4m3fnuz: DATA,
  e5m2fnuz: DATA,
  e4m3b11fnuz: DATA,
  e4m3ieee: DATA,
  e3m2: DATA,
  e2m3: DATA,
  e2m1: DATA,
  e8m0: { engine: 'ours', runs: 'scales of the MX formats' },
  int32: { engine: TENSORFLOW, runs: 'sums and biases of integer products', native: 'CPUs' },
  int16: DATA,
  uint16: { engine: 'tfjs', runs: 'weights in files (`saveTfjs`)' },
  int8: {
    support: 'int8',
    trains: 'QAT',
    runs: 'static, dynamic, weight-only (`quantize`)',
    cpu: NATIVE_INSTRUCTIONS.int8,
    native: 'other x86 CPUs with 7-bit weights',
    engine: 'TensorFlow (oneDNN), ONNX Runtime',
    otherwise: 'integers multiplied in fp32',
  },
  uint8: {
    support: 'int8',
    trains: 'QAT: activations',
    runs: 'activations of int8 models',
    cpu: NATIVE_INSTRUCTIONS.int8,
    native: 'other x86 CPUs',
    engine: 'TensorFlow (oneDNN), ONNX Runtime',
    otherwise: 'integers multiplied in fp32',
  },
  int4: INT4,
  uint4: DATA,
  int3: NARROW,
  uint3: DATA,
  int2: NARROW,
  uint2: DATA,
  pow2: DATA,
  binary: NARROW,
  nf4: DATA,
};

/**
 * Every format of the product: its numbers, whether it trains and runs, where natively, in which
 * engine, and what is done elsewhere. With a machine's `facts`, `here` says how it is there. A
 * notebook shows it as a table.
 */
export function formatTable(facts?: DeviceFacts): readonly FormatRow[] {
  const single = (Object.keys(FORMATS) as FormatId[]).map((id): FormatRow => {
    const { label, bits } = FORMATS[id];
    const use = USES[id];
    const here = use.support === undefined ? undefined : facts?.formats[use.support];
    return { id, label, bits, ...numbersOf(id), ...use, here };
  });
  const ternary: FormatRow = {
    ...{ id: 'ternary', label: 'Ternary', bits: 2, max: 1, min: -1, smallest: 1 },
    ...{ epsilon: undefined, ...NARROW, here: undefined },
  };
  const blocks = (Object.keys(BLOCK_FORMATS) as BlockFormatId[])
    .filter((id) => id !== 'nf4')
    .map(blockRow);
  const nf4: FormatRow = { ...blockRow('nf4'), label: 'NF4' };
  const rows = [
    ...single.filter(({ id }) => id !== 'nf4'),
    ...[ternary, ...LOOKED_UP_ROWS, ...blocks, nf4],
  ];
  return displayed(rows, formatTableBundle);
}

/** Weights that are looked up by their codes: powers of two before their scale, and what k-means finds. */
const LOOKED_UP_ROWS: readonly FormatRow[] = [
  ...[4, 3].map((bits) => ({
    ...{ id: `log${bits}`, label: `Logarithmic, ${bits} bits`, bits },
    ...{ max: 1, min: -1, smallest: 2 ** (2 - 2 ** (bits - 1)), epsilon: undefined },
  })),
  ...[4, 3, 2].map((bits) => ({
    ...{ id: `codebook${bits}`, label: `Codebook, ${bits} bits`, bits },
    ...{ max: NaN, min: NaN, smallest: NaN, epsilon: undefined },
  })),
].map((row) => ({ ...row, ...LOOKED_UP, here: undefined }));

type Numbers = Pick<FormatRow, 'max' | 'min' | 'smallest' | 'epsilon'>;

function numbersOf(id: FormatId): Numbers {
  const { max, min, minSubnormal, epsilon } = limits(id);
  return {
    max,
    min,
    smallest: minSubnormal,
    epsilon: Number.isFinite(epsilon) && max > 1 ? epsilon : undefined,
  };
}

const COMPARED: readonly CompareKind[] = Object.values(COMPARE_FORMATS);

/** Its numbers are those of the elements, before their scale. */
function blockRow(id: BlockFormatId): FormatRow {
  const { label, element, size, scale, fraction } = BLOCK_FORMATS[id];
  const unit = 2 ** -fraction;
  const numbers = numbersOf(element);
  const { bits } = FORMATS[element];
  return {
    id,
    label,
    bits: bits + (scale === 'e8m0' ? 8 : 32) / size,
    max: numbers.max * unit,
    min: -numbers.max * unit,
    smallest: numbers.smallest * unit,
    epsilon: fraction > 0 ? unit : numbers.epsilon,
    ...(COMPARED.some((how) => 'blocks' in how && how.blocks === id) ? ROUNDED : DATA),
    here: undefined,
  };
}
