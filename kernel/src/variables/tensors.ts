import { bytesOf, DT } from '../formats/tensorflow-types';
import { dataOf, isPlainToRead, itemsOf, ownData } from './data-of';

/** A tensor as tfjs's engine knows it. */
export interface TensorFacts {
  readonly shape: readonly number[];
  readonly size: number;
  /** What its numbers are kept in: `bf16` for a tensor of dtype float32 that is stored so. */
  readonly format: string;
  readonly bytes: number;
  readonly isDisposed: boolean;
  /** Its values; undefined where nothing holds them. Waits for the device. */
  read(): unknown;
}

/** How formats of tensors are called, by TensorFlow's codes. */
const FORMATS: Readonly<Record<number, string>> = {
  [DT.float]: 'fp32',
  [DT.double]: 'fp64',
  [DT.half]: 'fp16',
  [DT.bfloat16]: 'bf16',
  [DT.float8E4M3FN]: 'fp8-e4m3',
  [DT.float8E5M2]: 'fp8-e5m2',
  [DT.int32]: 'int32',
  [DT.int16]: 'int16',
  [DT.int8]: 'int8',
  [DT.qint8]: 'int8',
  [DT.uint8]: 'uint8',
  [DT.quint8]: 'uint8',
  [DT.bool]: 'bool',
  [DT.string]: 'string',
  [DT.complex64]: 'complex64',
};

/** No tensor of TensorFlow has more dimensions. */
const HIGHEST_RANK = 254;

/** By tfjs's dtype, where the backend tells no more. */
const CODES: Readonly<Record<string, number>> = {
  float32: DT.float,
  int32: DT.int32,
  bool: DT.bool,
  string: DT.string,
  complex64: DT.complex64,
};

/** A backend, as far as it is asked. */
interface Backend {
  readonly tensorMap?: {
    has(dataId: object): boolean;
    get(dataId: object): { readonly dtype: number } | undefined;
  };
  readSync(dataId: object): unknown;
}

interface Engine {
  readonly state: { readonly tensorInfo: WeakMap<object, { readonly backend: Backend }> };
}

/** What is known of a tensor or a variable of tfjs; undefined for anything else. */
export function tensorFacts(value: unknown): TensorFacts | undefined {
  if (!isPlainToRead(value)) return undefined;
  const shape = shapeOf(ownData(value, 'shape'));
  const [dtype, dataId] = ['dtype', 'dataId'].map((key) => ownData(value, key));
  const isDisposed = ownData(value, 'isDisposedInternal') ?? ownData(value, 'isDisposed');
  if (shape === undefined || typeof dtype !== 'string' || !isPlainToRead(dataId)) return undefined;
  if (typeof isDisposed !== 'boolean') return undefined;
  const backend = isDisposed ? undefined : backendOf(dataId);
  const code = codeOf(backend, dataId) ?? CODES[dtype] ?? DT.float;
  return {
    shape,
    size: shape.reduce((product, size) => product * size, 1),
    format: FORMATS[code] ?? dtype,
    bytes: isDisposed ? 0 : bytesOf(shape, code),
    isDisposed,
    read: () => backend?.readSync(dataId),
  };
}

/** The backend that holds the data; none where tfjs doesn't know them. */
function backendOf(dataId: object): Backend | undefined {
  const { _tfengine: engine } = globalThis as { _tfengine?: Engine };
  return engine?.state.tensorInfo.get(dataId)?.backend;
}

/** The code by which a native backend keeps the data: it alone knows of 16 bits. */
function codeOf(backend: Backend | undefined, dataId: object): number | undefined {
  const map = dataOf(backend, 'tensorMap') as Backend['tensorMap'];
  // Asking for data of another backend would move it here.
  return map?.has(dataId) === true ? map.get(dataId)?.dtype : undefined;
}

function shapeOf(value: unknown): readonly number[] | undefined {
  const sizes = itemsOf(value, HIGHEST_RANK);
  return sizes?.every(isSize) === true ? sizes : undefined;
}

function isSize(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}
