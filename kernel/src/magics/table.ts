import type { Magic } from './declare';
import { carbon } from './catalog/carbon';
import { compare } from './catalog/compare';
import { doctor } from './catalog/doctor';
import { gradients } from './catalog/gradients';
import { lsmagic } from './catalog/lsmagic';
import { precision } from './catalog/precision';
import { quantize } from './catalog/quantize';
import { time } from './catalog/time';

/** All magics, in the order of help and docs. */
export const MAGICS: readonly Magic[] = [
  precision,
  compare,
  gradients,
  quantize,
  carbon,
  doctor,
  time,
  lsmagic,
];

export function findMagic(name: string): Magic | undefined {
  return MAGICS.find((magic) => magic.name === name);
}
