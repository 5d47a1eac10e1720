import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';

/** Makes a layer class known to `tf.loadLayersModel`, so that models with it load. */
export function registerLayer<A extends object>(layer: LayerClass<A>): void {
  tf.serialization.registerClass(
    layer as unknown as tf.serialization.SerializableConstructor<tf.layers.Layer>,
    'halfnote',
  );
}

interface LayerClass<A> {
  readonly className: string;
  new (args: A): tf.layers.Layer;
}

/** What every layer takes; the rest of tfjs's own `LayerArgs` isn't exported. */
export interface LayerOptions {
  readonly name?: string;
  readonly trainable?: boolean;
  /** Without the batch; for the first layer of a sequential model. */
  readonly inputShape?: readonly (number | null)[];
}

/** What weights begin as: `zeros` where others are set at once, since random ones take their time. */
export type Initialize = 'random' | 'zeros';

/** What a layer's base class and its JSON are given. */
export function baseConfig(options: LayerOptions): tf.serialization.ConfigDict {
  const { name, trainable, inputShape } = options;
  return {
    ...(name === undefined ? {} : { name }),
    ...(trainable === undefined ? {} : { trainable }),
    ...(inputShape === undefined ? {} : { inputShape: [...inputShape] }),
  };
}

/** @throws HalfnoteError `invalid-layer-option` unless `value` is an integer of at least 1. */
export function positiveInteger(layer: string, name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw new HalfnoteError(
    'invalid-layer-option',
    `${layer}: ${name} is ${String(value)}; allowed are whole numbers from 1.`,
  );
}

/**
 * The size of a layer's last input axis, which its weights depend on.
 * @throws HalfnoteError `invalid-layer-input` where it is not known.
 */
export function lastAxis(layer: string, shape: readonly (number | null)[]): number {
  const size = shape.at(-1);
  if (typeof size === 'number') return size;
  throw new HalfnoteError(
    'invalid-layer-input',
    `${layer}: the last axis of its input [${shape.map((s) => s ?? 'any').join(', ')}] has no size.`,
    'Give the model an inputShape whose last size is a number.',
  );
}

/** The only input, of a layer that tfjs calls with a list of one. */
export function single<T>(inputs: T | readonly T[]): T {
  return Array.isArray(inputs) ? ((inputs as readonly T[])[0] as T) : (inputs as T);
}

/** The only input shape, as {@link single}. */
export function singleShape(
  shape: readonly (number | null)[] | readonly (readonly (number | null)[])[],
): (number | null)[] {
  const [first] = shape;
  return Array.isArray(first)
    ? [...(first as readonly (number | null)[])]
    : [...(shape as readonly (number | null)[])];
}
