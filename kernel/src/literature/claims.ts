import type { Claim } from './claim';
import { FP8 } from './claims/fp8';
import { INT8 } from './claims/int8';
import { KV_CACHE } from './claims/kv-cache';
import { NARROW } from './claims/narrow';
import { SIXTEEN_BIT } from './claims/sixteen-bit';

/** All claims with a source whose own text was read; of one format those first that say most of it. */
export const CLAIMS: readonly Claim[] = [...SIXTEEN_BIT, ...FP8, ...INT8, ...NARROW, ...KV_CACHE];
