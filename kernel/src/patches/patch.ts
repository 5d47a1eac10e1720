import * as tf from '@tensorflow/tfjs';
import type { NativeBackend } from '../backend/binding';
import type { DeviceFacts } from '../backend/contract';
import type { NativeParts } from '../backend/hooks';
import { replaceMethod, type Method, type Replacement, type Undo } from './methods';

/** Where a patch is put in. */
export interface Place {
  /** tfjs's name of the backend that is loaded. */
  readonly backendName: string;
  readonly facts: DeviceFacts;
}

/** Something of tfjs that is changed: a row of the table. */
export interface Patch {
  /** The object that is changed, as tfjs calls it. */
  readonly target: string;
  /** What of it is replaced; tfjs lacks it where `adds` is true. */
  readonly member: string;
  readonly adds?: true;
  readonly why: string;
  /** Only where TensorFlow is the backend, or TensorFlow on a CPU. */
  readonly on?: 'native' | 'native-cpu';
  /** Whether this tfjs has the member. */
  isThere(place: Place): boolean;
  /** Puts the change in; what it returns takes it out again. */
  install(place: Place): Undo;
}

/** A row of the table that changes each instance of tfjs's native backend, before tfjs gets it. */
export interface InstancePatch extends Pick<Patch, 'target' | 'member' | 'why'> {
  isThere(backend: NativeBackend): boolean;
  install(parts: NativeParts): Undo;
}

type Row = Pick<Patch, 'target' | 'member' | 'why' | 'on'>;

/** Changes a method of an object of tfjs's, a prototype for instance. */
export function methodPatch(
  row: Row,
  owner: () => object,
  around: (original: Method) => Replacement,
): Patch {
  return {
    ...row,
    isThere: () => typeof Reflect.get(owner(), row.member) === 'function',
    install: () => replaceMethod(owner(), row.member, around, `${row.target}.${row.member}`),
  };
}

/** Changes one of the methods of the native backend's instances. */
export function instancePatch<Name extends keyof NativeBackend>(
  member: Name,
  why: string,
  around: (original: NativeBackend[Name], parts: NativeParts) => NativeBackend[Name],
): InstancePatch {
  return {
    target: 'native backend',
    member,
    why,
    isThere: (backend) => typeof backend[member] === 'function',
    install(parts) {
      const { backend } = parts;
      const made = (original: Method): Replacement => {
        const bound = original.bind(backend) as unknown as NativeBackend[Name];
        return around(bound, parts) as unknown as Replacement;
      };
      return replaceMethod(backend, member, made, `native backend.${member}`);
    },
  };
}

/** Changes the function of a kernel that the backend has; where it has none, nothing. */
export function kernelPatch(
  row: Omit<Row, 'target'>,
  around: (original: tf.KernelFunc) => tf.KernelFunc,
): Patch {
  return {
    target: 'kernel registry',
    ...row,
    isThere: ({ backendName }) => kernelOf(row.member, backendName) !== undefined,
    install: ({ backendName }) => wrapKernel(row.member, backendName, around),
  };
}

/** Puts another function in the place of a backend's kernel, made from that; none where there is none. */
export function wrapKernel(
  name: string,
  backendName: string,
  around: (original: tf.KernelFunc) => tf.KernelFunc,
): Undo {
  const config = kernelOf(name, backendName);
  if (config === undefined) return () => undefined;
  const replace = (next: tf.KernelConfig): void => {
    tf.unregisterKernel(name, backendName);
    tf.registerKernel(next);
  };
  replace({ ...config, kernelFunc: around(config.kernelFunc) });
  return () => {
    replace(config);
  };
}

function kernelOf(name: string, backendName: string): tf.KernelConfig | undefined {
  return tf.getKernel(name, backendName);
}

/** Changes the gradient of an op. */
export function gradientPatch(
  row: Omit<Row, 'target'>,
  around: (original: tf.GradFunc) => tf.GradFunc,
): Patch {
  return {
    target: 'gradient registry',
    ...row,
    isThere: () => gradientOf(row.member) !== undefined,
    install() {
      const config = gradientOf(row.member);
      if (config === undefined) throw new Error(`This tfjs has no gradient of ${row.member}.`);
      const replace = (next: tf.GradConfig): void => {
        tf.unregisterGradient(row.member);
        tf.registerGradient(next);
      };
      replace({ ...config, gradFunc: around(config.gradFunc) });
      return () => {
        replace(config);
      };
    },
  };
}

/** The registered gradient of an op; tfjs types it as always there. */
export function gradientOf(name: string): tf.GradConfig | undefined {
  return tf.getGradient(name);
}
