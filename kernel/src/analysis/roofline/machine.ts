import * as tf from '@tensorflow/tfjs';
import { freemem } from 'node:os';
import type { ComputeFormat, DeviceFacts } from '../../backend/contract';
import { DT } from '../../backend/dtypes';
import { bitcastHandle, createHandle } from '../../backend/raw';
import { castTo } from '../../backend/storage';
import { hasNativeBackend } from '../../backend/load';
import { USES } from '../../formats/uses';
import { withHandles } from '../../integer/handles';
import { IntegerKernel } from '../../integer/native-kernels';
import { nativeCodes } from '../../integer/packed';
import { withPrecision } from '../../precision/scope';
import { widthBytes } from '../cost/formats';
import { fastest, secondsOf } from './best-rate';
import type { RooflineFormat } from './formats';
import type { Roof } from './result';

const TRIAL = { seconds: 0.3, fewest: 3 } as const;
/** Matrices grow until a product takes this long: less is dispatch. */
const LONG_ENOUGH_S = 5e-3;
const [SMALLEST, LARGEST] = [512, 8192] as const;
/** More than the caches of processors hold. */
const COPIED_BYTES = 2 ** 28;

/**
 * Measures what the machine reaches in each of the formats, in under two seconds a format. All have the
 * same memory: its bandwidth is that of the fastest copy, whatever was copied.
 */
export function measureRoofs(formats: readonly RooflineFormat[], facts: DeviceFacts): Roof[] {
  const isNative = (format: RooflineFormat): boolean =>
    facts.formats[format].execution === 'native';
  const bandwidthBytePerS = Math.max(...formats.filter(isNative).map(bandwidth));
  return formats.map((format): Roof => {
    const { execution, reason } = facts.formats[format];
    if (!isNative(format)) {
      const none = { peakFlopPerS: null, bandwidthBytePerS: null, ridgeFlopPerByte: null };
      return { format, execution, reason, ...none };
    }
    const peakFlopPerS = format === 'int8' ? integerPeak() : floatPeak(format);
    const ridgeFlopPerByte = peakFlopPerS / bandwidthBytePerS;
    return { format, execution, reason, peakFlopPerS, bandwidthBytePerS, ridgeFlopPerByte };
  });
}

function floatPeak(format: ComputeFormat): number {
  return withPrecision(format, () =>
    peak((size, time) =>
      tf.tidy(() => {
        const [a, b] = [1, 2].map((seed) =>
          stored(tf.randomUniform([size, size], -1, 1, 'float32', seed), format),
        ) as [tf.Tensor2D, tf.Tensor2D];
        return time(() => {
          waitFor(tf.matMul(a, b));
        });
      }),
    ),
  );
}

/** Sums of 8-bit products, on the kernel that quantized models run on. */
function integerPeak(): number {
  return peak((size, time) =>
    withHandles((scope) => {
      const codes = new Int8Array(size * size).fill(3);
      const weights = scope.own(nativeCodes(codes, [size, size]));
      const bytes = scope.own(createHandle([size, size], new Uint8Array(size * size).fill(5)));
      const input = scope.own(bitcastHandle(bytes, DT.uint8, DT.quint8));
      const geometry = { kind: 'dense', inputs: size, units: size } as const;
      const kernel = new IntegerKernel(geometry, weights, scope);
      return time(() => {
        withHandles((own) => own.own(kernel.run(input).id));
      });
    }),
  );
}

/** FLOP/s of square products, of the smallest size that takes long enough. */
function peak(ofSize: (size: number, time: (run: () => void) => number) => number): number {
  const once = (run: () => void): number => {
    run();
    return secondsOf(run);
  };
  let size: number = SMALLEST;
  while (size < LARGEST && ofSize(size, once) < LONG_ENOUGH_S) size *= 2;
  return (2 * size ** 3) / ofSize(size, (run) => fastest(run, TRIAL));
}

/** Bytes read and written by a copy. */
function bandwidth(format: RooflineFormat): number {
  const width = widthBytes(format);
  const bytes = Math.min(COPIED_BYTES, freemem() / 8);
  const half = Math.floor(bytes / width / 2);
  return withPrecision(format === 'int8' ? 'fp32' : format, () =>
    tf.tidy(() => {
      const made = tf.fill([half], 1, format === 'int8' ? 'bool' : 'float32');
      const part = format === 'int8' ? made : stored(made, format);
      const seconds = fastest(() => {
        waitFor(tf.concat([part, part]));
      }, TRIAL);
      return (2 * (2 * half * width)) / seconds;
    }),
  );
}

/** The tensor in the format that products of a policy are handed on in. */
function stored<T extends tf.Tensor>(tensor: T, format: ComputeFormat): T {
  const storage = USES[format].compute.results;
  return storage === 'fp32' || !hasNativeBackend() ? tensor : castTo(tensor, storage);
}

/** Reads one number, so that the work is done, and frees the tensor. */
function waitFor(tensor: tf.Tensor): void {
  const corner = tf.slice(
    tensor,
    tensor.shape.map(() => 0),
    tensor.shape.map(() => 1),
  );
  corner.dataSync();
  tf.dispose([tensor, corner]);
}
