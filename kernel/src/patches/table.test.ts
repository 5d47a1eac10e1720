import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { native } from '../backend/binding';
import { TFJS_NODE } from '../backend/tensorflow/addon';
import type { DeviceFacts } from '../backend/contract';
import { RuleOptimizer } from '../precision/optimizers/optimizer';
import { loadBackend } from '../start';
import { engine } from './engine-internals';
import { installPatches, isFor, undoInstancePatches, undoPatches } from './install';
import { kernelPatch, methodPatch } from './patch';
import { INSTANCE_PATCHES, PATCHES } from './table';

let facts: DeviceFacts;

beforeAll(() => {
  facts = loadBackend();
  meetClasses();
});

/** Uses a model, so that classes that are met as they are used have been met. */
function meetClasses(): void {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  tf.dispose(model.predict(tf.ones([1, 2])));
}

afterAll(() => {
  installPatches(facts);
});

/** Everything of tfjs that could be changed: own members of its objects, kernels, gradients. */
function membersOf(): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const note = (name: string, object: object): void => {
    for (const key of Reflect.ownKeys(object)) {
      const descriptor = Object.getOwnPropertyDescriptor(object, key) ?? {};
      for (const part of ['value', 'get']) {
        const member: unknown = Reflect.get(descriptor, part);
        if (typeof member === 'function') found.set(`${name}.${String(key)}`, member);
      }
    }
  };
  const chain = (name: string, object: object): void => {
    for (
      let at: object | null = object;
      at !== null && at !== Object.prototype;
      at = Object.getPrototypeOf(at) as object | null
    ) {
      note(`${name} ${at.constructor.name}`, at);
    }
  };
  chain('engine', engine());
  chain('backend', native());
  for (const [name, exported] of Object.entries(tf)) {
    const { prototype } = exported as { readonly prototype?: object };
    if (typeof exported === 'function') found.set(`tf.${name}`, exported);
    if (typeof exported === 'function' && prototype) chain(name, prototype);
  }
  note('tf.models', tf.models);
  note('tfjs-node node', (createRequire(__filename)(TFJS_NODE) as { readonly node: object }).node);
  chain('Layer', tf.layers.Layer.prototype);
  chain('RuleOptimizer', RuleOptimizer.prototype);
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  for (const [name, [{ prototype }]] of Object.entries(classNameMap)) {
    chain(name, prototype as object);
  }
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend(tf.getBackend())) {
    found.set(`kernel ${kernelName}`, kernelFunc);
    const gradient = tf.getGradient(kernelName) as tf.GradConfig | undefined;
    if (gradient !== undefined) found.set(`gradient ${kernelName}`, gradient.gradFunc);
  }
  return found;
}

function difference(a: Map<string, unknown>, b: Map<string, unknown>): string[] {
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names].filter((name) => a.get(name) !== b.get(name)).sort();
}

describe('the table of patches', () => {
  const rows = [...INSTANCE_PATCHES, ...PATCHES];

  it('names each change once, and why it is made', () => {
    const names = rows.map(({ target, member }) => `${target}.${member}`);
    // A product's kernel may be changed for another reason too.
    const twice = names.filter((name, i) => names.indexOf(name) !== i);
    expect(twice.every((name) => name.startsWith('kernel registry.'))).toBe(true);
    for (const { why } of rows) expect(why.length).toBeGreaterThan(20);
  });

  it('puts back all that it took, and nothing else is changed', () => {
    const patched = membersOf();
    undoPatches();
    undoInstancePatches();
    const stock = membersOf();
    try {
      const changed = difference(patched, stock);
      // Each row changes at least one thing.
      expect(changed.length).toBeGreaterThanOrEqual(new Set(rows.map(({ member }) => member)).size);
      installPatches(facts);
      meetClasses();
      const ofInstance = (name: string): boolean => name.startsWith('backend ');
      expect(difference(membersOf(), stock)).toEqual(changed.filter((name) => !ofInstance(name)));
      undoPatches();
      expect(difference(membersOf(), stock)).toEqual([]);
    } finally {
      installPatches(facts);
    }
  });

  it('has all in place again after any part of it was taken out', () => {
    const names = (): string[] => {
      meetClasses();
      return difference(membersOf(), stock);
    };
    undoPatches();
    const stock = membersOf();
    installPatches(facts);
    const whole = names();
    for (const from of PATCHES) {
      undoPatches(from);
      installPatches(facts);
      expect(names(), `${from.target}.${from.member}`).toEqual(whole);
    }
  });

  describe('of this tfjs', () => {
    beforeAll(() => {
      undoPatches();
    });
    afterAll(() => {
      installPatches(facts);
    });

    it.each(
      PATCHES.filter(({ adds }) => adds !== true).map((row) => [row.target, row.member, row]),
    )('has %s.%s', (_target, _member, row) => {
      const place = { backendName: tf.getBackend(), facts };
      expect(!isFor(row, facts) || row.isThere(place)).toBe(true);
    });

    it.each(PATCHES.filter(({ adds }) => adds).map((row) => [row.target, row.member, row]))(
      'lacks %s.%s, which is added',
      (_target, _member, row) => {
        expect(row.isThere({ backendName: tf.getBackend(), facts })).toBe(false);
      },
    );
  });

  it.each(INSTANCE_PATCHES.map((row) => [row.member, row]))(
    'finds %s in the native backend',
    (_member, row) => {
      expect(row.isThere(native())).toBe(true);
    },
  );

  it('says by name what a tfjs has lost', () => {
    const place = { backendName: tf.getBackend(), facts };
    const why = 'made up';
    const method = methodPatch({ target: 'made up', member: 'gone', why }, Object, (f) => f);
    expect(method.isThere(place)).toBe(false);
    expect(() => method.install(place)).toThrow('no made up.gone');
    const kernel = kernelPatch({ member: 'Gone', why }, (original) => original);
    expect(kernel.isThere(place)).toBe(false);
  });
});
