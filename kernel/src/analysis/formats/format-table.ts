import type { DeviceFacts } from '../../backend/contract';
import { NATIVE_CAPABILITY, NATIVE_INSTRUCTIONS } from '../../backend/support';
import { BLOCK_FORMATS, type BlockFormatId } from '../../formats/blocks';
import { limits } from '../../formats/limits';
import { isLinear, WEIGHT_FORMATS } from '../../formats/names';
import { FORMATS, type FormatId } from '../../formats/table';
import {
  USES,
  type FormatName,
  type FormatUse,
  type HardwareFormat,
  type NameWith,
  type WeightFormat,
  type WeightUse,
} from '../../formats/uses';
import { displayed } from '../../display/displayed';
import type { FormatRow, Use } from './result';
import { formatTableBundle } from './view';

const TENSORFLOW = 'TensorFlow';
const STORED = '16-bit storage, products in fp32';
const WEIGHTS_ONLY = 'quantized weights, fp32 activations';
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

/** Of the formats that the machine is asked about, and of those that have a part of their own. */
const TOLD: Readonly<Record<Extract<NameWith<'hardware'>, FormatId>, Use>> &
  Readonly<Partial<Record<FormatName, Use>>> = {
  fp32: {
    trains: 'yes',
    runs: 'yes',
    native: 'CPUs and GPUs',
    engine: 'TensorFlow; WebAssembly',
  },
  tf32: {
    trains: '`%precision tf32`',
    runs: 'yes',
    native: 'CPUs that are native in bf16, with `TF_SET_ONEDNN_FPMATH_MODE=BF16` set',
    engine: TENSORFLOW,
    otherwise: 'inputs of products rounded, products in fp32',
  },
  fp16: {
    trains: '`%precision fp16`, loss scaled',
    runs: 'yes',
    engine: TENSORFLOW,
    otherwise: STORED,
  },
  bf16: { trains: '`%precision bf16`', runs: 'yes', engine: TENSORFLOW, otherwise: STORED },
  e4m3: {
    trains: '`%precision fp8`: weights and activations',
    runs: 'weights and activations; quantized weights',
    engine: TENSORFLOW,
    otherwise: 'inputs of products rounded, products in fp32',
  },
  e5m2: {
    trains: '`%precision fp8`: output gradients',
    runs: WEIGHTS_ONLY,
    engine: TENSORFLOW,
    otherwise: 'inputs of products rounded, products in fp32',
  },
  e8m0: { engine: 'ours', runs: 'scales of the MX formats' },
  int32: { engine: TENSORFLOW, runs: 'sums and biases of integer products', native: 'CPUs' },
  uint16: { engine: 'tfjs', runs: 'weights in files (`saveTfjs`)' },
  int8: {
    trains: 'QAT',
    runs: 'static, dynamic, weight-only (`quantize`)',
    native: 'other x86 CPUs with 7-bit weights',
    engine: 'TensorFlow (oneDNN), ONNX Runtime',
    otherwise: 'integers multiplied in fp32',
  },
  uint8: {
    trains: 'QAT: activations',
    runs: 'activations of int8 models',
    native: 'other x86 CPUs',
    engine: 'TensorFlow (oneDNN), ONNX Runtime',
    otherwise: 'integers multiplied in fp32',
  },
  int4: {
    ...NARROW,
    native: `CPUs, in dense layers: 4-bit codes, activations rounded to int8 in blocks; ${TRAINED}`,
    engine: 'ONNX Runtime `MatMulNBits`',
  },
};

function useOf(name: FormatName): Use {
  const use = USES[name];
  return { ...('hardware' in use && nativeIn(use.hardware)), ...(TOLD[name] ?? usual(use)) };
}

function nativeIn(support: HardwareFormat): Pick<Use, 'support' | 'cpu' | 'capability'> {
  return {
    support,
    ...(isIn(NATIVE_INSTRUCTIONS, support) && { cpu: NATIVE_INSTRUCTIONS[support] }),
    ...(isIn(NATIVE_CAPABILITY, support) && { capability: NATIVE_CAPABILITY[support] }),
  };
}

/** What follows from what a format can be. */
function usual({ weights }: FormatUse): Use {
  if (weights === undefined) return DATA;
  return isLinear(weights) ? NARROW : LOOKED_UP;
}

/**
 * Every format of the product: its numbers, whether it trains and runs, where natively, in which
 * engine, and what is done elsewhere. With a machine's `facts`, `here` says how it is there. A
 * notebook shows it as a table.
 */
export function formatTable(facts?: DeviceFacts): readonly FormatRow[] {
  const single = (Object.keys(FORMATS) as FormatId[]).map((id): FormatRow => {
    const { label, bits } = FORMATS[id];
    const use = useOf(id);
    const here = use.support === undefined ? undefined : facts?.formats[use.support];
    return { id, label, bits, ...numbersOf(id), ...use, here };
  });
  const weights = WEIGHT_FORMATS.filter((id) => !isIn(FORMATS, id) && !isIn(BLOCK_FORMATS, id)).map(
    weightRow,
  );
  const blocks = (Object.keys(BLOCK_FORMATS) as BlockFormatId[])
    .filter((id) => id !== 'nf4')
    .map(blockRow);
  const nf4: FormatRow = { ...blockRow('nf4'), label: 'NF4' };
  const rows = [...single.filter(({ id }) => id !== 'nf4'), ...weights, ...blocks, nf4];
  return displayed(rows, formatTableBundle);
}

/** A format that only weights have. */
function weightRow(id: WeightFormat): FormatRow {
  const use = USES[id];
  const { codes, values } = use.weights;
  const { bits } = FORMATS[codes];
  const label = 'label' in use ? use.label : id;
  return { id, label, bits, ...weightNumbers(codes, values), ...useOf(id), here: undefined };
}

/** Those before their scale; a codebook's are found for each layer. */
function weightNumbers(codes: FormatId, values: WeightUse['values']): Numbers {
  const { bits } = FORMATS[codes];
  switch (values) {
    case 'multiples':
      return numbersOf(codes);
    case 'signs':
      return { max: 1, min: -1, smallest: 1, epsilon: undefined };
    case 'powers':
      return { max: 1, min: -1, smallest: 2 ** (2 - 2 ** (bits - 1)), epsilon: undefined };
    case 'floats':
    case 'blocks':
      return numbersOf(codes);
    case 'codebook':
      return { max: NaN, min: NaN, smallest: NaN, epsilon: undefined };
  }
}

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
    ...useOf(id),
    here: undefined,
  };
}

function isIn<K extends string>(table: Readonly<Record<K, unknown>>, name: string): name is K {
  return Object.hasOwn(table, name);
}
