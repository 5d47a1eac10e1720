import type { Mapper } from '../mapped';
import { activations } from './activations';
import { einsum } from './einsum';
import { merges } from './merges';
import { pools } from './pools';
import { products } from './products';
import { shapes } from './shapes';

/** By TensorFlow's name of the op: how it becomes layers. Every other op is a `GraphOp`. */
export const MAPPERS: Readonly<Record<string, Mapper>> = {
  ...activations,
  ...merges,
  ...pools,
  ...products,
  ...shapes,
  Einsum: einsum,
};

export function mapperOf(op: string): Mapper | undefined {
  return Object.hasOwn(MAPPERS, op) ? MAPPERS[op] : undefined;
}
