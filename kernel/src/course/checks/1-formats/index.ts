import { fractionBits, toBinary } from './binary';
import { bf16FromFp32, decodeE4m3, decodeFp16, encodeFp16 } from './codes';
import { roundHalfEven, roundTo } from './rounding';

/** The functions of assignment 1, by id. */
export const FORMATS_BY_HAND = {
  'to-binary': toBinary,
  'fraction-bits': fractionBits,
  'round-half-even': roundHalfEven,
  'decode-fp16': decodeFp16,
  'decode-e4m3': decodeE4m3,
  'round-to': roundTo,
  'encode-fp16': encodeFp16,
  'bf16-from-fp32': bf16FromFp32,
} as const;
