import * as tf from '@tensorflow/tfjs';
import type { Undo } from './methods';
import { kernelPatch, wrapKernel, type Patch } from './patch';

type KernelCall = Parameters<tf.KernelFunc>[0];

/** Runs a kernel that multiplies; `multiplied` names the inputs that it multiplies. */
export type ProductCall = (
  kernel: tf.KernelFunc,
  call: KernelCall,
  multiplied: readonly string[],
) => ReturnType<tf.KernelFunc>;

/** The kernels that multiply, and which of their inputs they multiply. */
const PRODUCTS: Readonly<Record<string, readonly string[]>> = {
  BatchMatMul: ['a', 'b'],
  Conv2D: ['x', 'filter'],
  Conv2DBackpropInput: ['dy', 'filter'],
  Conv2DBackpropFilter: ['x', 'dy'],
  Conv3D: ['x', 'filter'],
  Conv3DBackpropInputV2: ['dy', 'filter'],
  Conv3DBackpropFilterV2: ['x', 'dy'],
  DepthwiseConv2dNative: ['x', 'filter'],
  DepthwiseConv2dNativeBackpropInput: ['dy', 'filter'],
  DepthwiseConv2dNativeBackpropFilter: ['x', 'dy'],
  // Its inputs are numbered; a sum over one tensor has no second.
  Einsum: ['0', '1'],
  FusedConv2D: ['x', 'filter'],
  FusedDepthwiseConv2D: ['x', 'filter'],
  // tfjs-node composes it of BatchMatMul, where a second rounding changes nothing; wasm does not.
  _FusedMatMul: ['a', 'b'],
};

let product: ProductCall | undefined;
const backends = new Set<string>();
const others: Undo[] = [];

/** Sets what runs each product; undefined: nothing stands between. */
export function setProductCall(call: ProductCall | undefined): void {
  product = call;
  const backendName = tf.getBackend();
  if (call === undefined || backends.size === 0 || backends.has(backendName)) return;
  // The user has gone on to another backend than the one that was loaded.
  backends.add(backendName);
  others.push(
    ...Object.entries(PRODUCTS).map(([name, inputs]) =>
      wrapKernel(name, backendName, (original) => around(original, inputs)),
    ),
  );
}

function around(kernel: tf.KernelFunc, names: readonly string[]): tf.KernelFunc {
  return (call) => {
    if (product === undefined) return kernel(call);
    const multiplied = names.filter((name) => call.inputs[name] !== undefined);
    return multiplied.length < 2 ? kernel(call) : product(kernel, call, multiplied);
  };
}

export const productPatches: readonly Patch[] = Object.entries(PRODUCTS).map(([member, inputs]) => {
  const patch = kernelPatch(
    { member, why: 'Formats that the hardware lacks are simulated by rounding around products.' },
    (original) => around(original, inputs),
  );
  return {
    ...patch,
    install(place) {
      backends.add(place.backendName);
      const undo = patch.install(place);
      return () => {
        for (const other of others.splice(0)) other();
        backends.clear();
        undo();
      };
    },
  };
});
