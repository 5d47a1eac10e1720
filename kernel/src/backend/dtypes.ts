import { DT } from '../formats/tensorflow-types';
import type { StorageFormat } from './contract';

export { bytesOf, bytesPerElement, DT } from '../formats/tensorflow-types';

const CODE_OF: Readonly<Record<StorageFormat, number>> = {
  fp32: DT.float,
  bf16: DT.bfloat16,
  fp16: DT.half,
};

const FORMAT_OF: ReadonlyMap<number, StorageFormat> = new Map([
  [DT.float, 'fp32'],
  [DT.bfloat16, 'bf16'],
  [DT.half, 'fp16'],
]);

/** The formats that tensors can be stored in. */
export const STORAGE_FORMATS = Object.keys(CODE_OF) as readonly StorageFormat[];

/** The code of a storage format. */
export function codeOf(format: StorageFormat): number {
  return CODE_OF[format];
}

/** The storage format of a code, or undefined when it is no float that tfjs can hold. */
export function formatOf(code: number): StorageFormat | undefined {
  return FORMAT_OF.get(code);
}

export function isLow(code: number): boolean {
  return code === DT.half || code === DT.bfloat16;
}
