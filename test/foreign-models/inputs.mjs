import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { textImage } from './text-image.mjs';

/**
 * Writes inputs of a model to files, and gives what is to be known of them, for Python too.
 * @param {Readonly<Record<string, import('./packages.mjs').Input>>} inputs
 * @param {{folder: string, prefix: string, shift?: number}} to `shift`: other values for another number
 */
export function writeInputs(inputs, { folder, prefix, shift = 0 }) {
  const entries = Object.entries(inputs).map(([name, { shape, dtype = 'float32', ...how }], i) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = (dtype === 'int32' ? Int32Array : Float32Array).from(
      { length: size },
      valueOf({ shape, ...how }, shift),
    );
    const file = `${prefix}.${i}.bin`;
    writeFileSync(join(folder, file), values);
    return [name, { shape, dtype, file }];
  });
  return Object.fromEntries(entries);
}

/** The tensors of inputs that were written. */
export function readInputs(inputs, folder, tf) {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype, file }]) => {
      const { buffer, byteOffset, byteLength } = Buffer.from(readFileSync(join(folder, file)));
      const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
      const values = dtype === 'int32' ? new Int32Array(bytes) : new Float32Array(bytes);
      return [name, tf.tensor(values, shape, dtype)];
    }),
  );
}

function valueOf({ shape, below, value, text }, shift) {
  if (text === true) return textImage(shape, shift);
  if (value !== undefined) return () => value;
  // Fine and coarse, each with a phase and a length of its own for each number.
  const wave = (i) =>
    (Math.sin((0.11 + 0.013 * shift) * (i + 1) + shift) +
      Math.sin((12.9898 + 0.31 * shift) * (i + 1) + 2 * shift)) /
    2;
  return below === undefined
    ? (_, i) => wave(i)
    : (_, i) => Math.min(below - 1, Math.floor(((wave(i) + 1) / 2) * below));
}
