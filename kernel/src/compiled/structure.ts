import * as tf from '@tensorflow/tfjs';
import { isGenuine, whyNotCompiled } from './known-classes';

type Layer = tf.layers.Layer;

/** What an object was like: its own properties by identity, and what its lists held. */
interface Seen {
  readonly object: object;
  readonly keys: readonly string[];
  readonly values: readonly unknown[];
  /** By key, what was in the list that stands there. */
  readonly lists: readonly (readonly unknown[] | undefined)[];
}

/** Methods by which an object runs, which somebody may replace, on it or its class. */
interface Methods {
  readonly object: object;
  readonly names: readonly string[];
  readonly values: readonly unknown[];
}

const OF_LAYERS = ['apply', 'call', 'computeMask'] as const;
const OF_ACTIVATIONS = ['apply'] as const;
/** What of a model says which layers it runs and how they hang together. */
const OF_MODELS: readonly string[] = ['layers', 'inputs', 'outputs', 'model'];
/** Properties that tfjs writes whenever a layer runs, and reads in training alone. */
const NOTES: ReadonlySet<string> = new Set(['dropoutMask', 'recurrentDropoutMask']);
/** What a layer calls each time that it runs. */
const HOOK = '_callHook';
const ACTIVATIONS = ['activation', 'recurrentActivation'] as const;

/** Layers and those within them, by identity, with all that they were set to. */
export class Structure {
  readonly #seen: Seen[] = [];
  readonly #methods: Methods[] = [];
  /** Why the model can't run without the JavaScript of its layers. */
  readonly refusal: string | undefined;

  constructor(layers: readonly Layer[]) {
    const met = new Set<Layer>();
    const open: Layer[] = [...layers];
    for (let layer = open.pop(); layer !== undefined; layer = open.pop()) {
      if (met.has(layer)) continue;
      met.add(layer);
      this.refusal ??= whyNotCompiled(layer) ?? strangeActivation(layer);
      this.#seen.push(look(layer));
      this.#methods.push(methodsOf(layer, OF_LAYERS));
      for (const activation of activationsOf(layer)) {
        this.#methods.push(methodsOf(activation, OF_ACTIVATIONS));
      }
      open.push(...layersIn(layer));
    }
  }

  /** Whether all is as it was. */
  holds(): boolean {
    for (const { object, names, values } of this.#methods) {
      for (let i = 0; i < names.length; i++) {
        if (Reflect.get(object, names[i] as string) !== values[i]) return false;
      }
    }
    return this.#seen.every(isAsSeen);
  }

  /** Whether somebody has asked to be called when a layer runs. */
  get isHooked(): boolean {
    return this.#seen.some(({ object }) => Reflect.get(object, HOOK) instanceof Function);
  }
}

function methodsOf(object: object, names: readonly string[]): Methods {
  return { object, names, values: names.map((name): unknown => Reflect.get(object, name)) };
}

function look(layer: Layer): Seen {
  const isModel = layer instanceof tf.LayersModel;
  const keys = isModel ? OF_MODELS : Object.keys(layer).filter((key) => !NOTES.has(key));
  const values = keys.map((key): unknown => Reflect.get(layer, key));
  return {
    object: layer,
    keys,
    values,
    lists: values.map((value) => (Array.isArray(value) ? (value as unknown[]).slice() : undefined)),
  };
}

function isAsSeen({ object, keys, values, lists }: Seen): boolean {
  for (let i = 0; i < keys.length; i++) {
    const now: unknown = Reflect.get(object, keys[i] as string);
    if (!Object.is(now, values[i])) return false;
    const list = lists[i];
    if (list === undefined) continue;
    if (list.length !== (now as unknown[]).length) return false;
    for (let j = 0; j < list.length; j++) {
      if (!Object.is(list[j], (now as unknown[])[j])) return false;
    }
  }
  return true;
}

/** The layers among an object's properties: of a model, a wrapper, a recurrent layer. */
function layersIn(layer: Layer): Layer[] {
  return Object.values(layer)
    .flat()
    .filter((value): value is Layer => value instanceof tf.layers.Layer);
}

function activationsOf(layer: Layer): object[] {
  return ACTIVATIONS.map((name): unknown => Reflect.get(layer, name)).filter(
    (value): value is object => typeof value === 'object' && value !== null,
  );
}

function strangeActivation(layer: Layer): string | undefined {
  return activationsOf(layer).every(isGenuine)
    ? undefined
    : `${layer.name} has an activation of its own`;
}
