import * as tf from '@tensorflow/tfjs';
import type { Variable } from '@tensorflow/tfjs';
import { host } from '../host';
import type { RangeLayer } from '../payloads/ranges/schema';

/** tfjs names a variable that got no name by a number. */
const NUMBERED = /^\d+$/;
const DEPTH = 4;
const MOST_OBJECTS = 10_000;

/**
 * The names to show: of a layer's variables and activations the layer's own, of variables without a
 * name the place where the notebook keeps them (`w1`, `net.w1`, `params[0]`), else their number.
 */
export function layerNames(
  layers: readonly RangeLayer[],
  variables: ReadonlyMap<string, WeakRef<Variable>>,
): ReadonlyMap<RangeLayer, string> {
  const unnamed = [...variables].filter(([name]) => NUMBERED.test(name));
  const paths = unnamed.length === 0 ? new Map<object, string>() : placesOfVariables();
  const found = new Map(
    unnamed.map(([name, reference], index) => {
      const variable = reference.deref();
      return [name, (variable && paths.get(variable)) ?? `variable ${index + 1}`];
    }),
  );
  return new Map(layers.map((layer) => [layer, found.get(layer.name) ?? shortName(layer, layers)]));
}

/**
 * tfjs numbers the variables of a layer whose name was used before (`hidden/kernel_2`): the user's own
 * name stands where it is unmistakable.
 */
function shortName(layer: RangeLayer, all: readonly RangeLayer[]): string {
  const base = (name: string): string => (name.includes('/') ? name.replace(/_\d+$/, '') : name);
  const rivals = all.filter(
    ({ kind, name }) => kind === layer.kind && base(name) === base(layer.name),
  );
  return rivals.length === 1 ? base(layer.name) : layer.name;
}

/** Where the notebook keeps each tfjs variable; nearer places win. */
function placesOfVariables(): ReadonlyMap<object, string> {
  const places = new Map<object, string>();
  const seen = new Set<object>();
  let level: [path: string, value: unknown][] = [...(host()?.variables() ?? [])];
  for (let depth = 0; depth < DEPTH && seen.size < MOST_OBJECTS; depth++) {
    const next: typeof level = [];
    for (const [path, value] of level) {
      if (typeof value !== 'object' || value === null || seen.has(value)) continue;
      seen.add(value);
      if (value instanceof tf.Variable) places.set(value, path);
      else if (isSearched(value)) next.push(...entries(path, value));
    }
    level = next;
  }
  return places;
}

/** Layers name their variables themselves; tensors and buffers hold none. */
function isSearched(value: object): boolean {
  return !(
    value instanceof tf.Tensor ||
    value instanceof tf.layers.Layer ||
    ArrayBuffer.isView(value)
  );
}

function entries(path: string, value: object): [string, unknown][] {
  if (value instanceof Map) {
    return [...(value as Map<unknown, unknown>)].map(([key, item]) => [
      `${path}.get(${JSON.stringify(key)})`,
      item,
    ]);
  }
  return Object.entries(Object.getOwnPropertyDescriptors(value)).flatMap(
    ([key, descriptor]): [string, unknown][] =>
      // A getter is the user's code: it isn't run.
      'value' in descriptor
        ? [[Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, descriptor.value]]
        : [],
  );
}
