import {
  USES,
  type BlockWeightFormat,
  type FloatWeightFormat,
  type FormatName,
  type FormatUse,
  type HardwareFormat,
  type IntegerWeightFormat,
  type LinearWeightFormat,
  type Listed,
  type NameWith,
  type Said,
  type StorageFormat,
  type WeightUse,
} from './uses';

const TABLE: Readonly<Record<FormatName, FormatUse>> = USES;
const NAMES = Object.keys(USES) as readonly FormatName[];

/** The names of formats that have a use, in the order of the table. */
function namesWith<U extends keyof FormatUse>(use: U): readonly NameWith<U>[] {
  return NAMES.filter((name): name is NameWith<U> => TABLE[name][use] !== undefined);
}

/** What each format says under a use, one after the other. */
function saidOf<U extends keyof FormatUse>(use: U): readonly Said<U>[] {
  return namesWith(use).map((name) => TABLE[name][use] as unknown as Said<U>);
}

export const COMPUTE_FORMATS = namesWith('compute');
export const STORAGE_FORMATS = namesWith('storage');
export const HARDWARE_FORMATS: readonly HardwareFormat[] = [...new Set(saidOf('hardware'))];
export const COMPARED_FORMATS = namesWith('compare');
export const WEIGHT_FORMATS = namesWith('weights');
/** Codes that a scale makes numbers of. */
export const LINEAR_WEIGHT_FORMATS = WEIGHT_FORMATS.filter((name): name is LinearWeightFormat =>
  isLinear(USES[name].weights),
);
/** Codes that are whole multiples of a scale. */
export const INTEGER_WEIGHT_FORMATS = WEIGHT_FORMATS.filter(
  (name): name is IntegerWeightFormat => USES[name].weights.values === 'multiples',
);
/** Floats of their own, with a scale or without. */
export const FLOAT_WEIGHT_FORMATS = WEIGHT_FORMATS.filter(
  (name): name is FloatWeightFormat => USES[name].weights.values === 'floats',
);
/** Codes in blocks with a scale each. */
export const BLOCK_WEIGHT_FORMATS = WEIGHT_FORMATS.filter(
  (name): name is BlockWeightFormat => USES[name].weights.values === 'blocks',
);
export const KV_FORMATS = namesWith('kv');
export const BAND_FORMATS = namesWith('band');
export const INSPECTED_FORMATS = namesWith('inspected');
export const ONNX_FORMATS = namesWith('onnx');
/** Element types of ONNX, with their codes. */
export const ONNX_TYPES = Object.assign({}, ...saidOf('onnxType')) as Readonly<
  Record<Listed<'onnxType'>, number>
>;
export const TFLITE_FORMATS: readonly Said<'tflite'>[number][] = saidOf('tflite').flat();
/** The types of weights that tfjs reads itself. */
export const TFJS_TYPES = saidOf('tfjs');

/** Whether a scale makes numbers of codes. */
export function isLinear({ values }: WeightUse): boolean {
  return values === 'multiples' || values === 'signs';
}

export function isStorageFormat(name: FormatName): name is StorageFormat {
  return (STORAGE_FORMATS as readonly FormatName[]).includes(name);
}
