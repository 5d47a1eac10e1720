import { attr } from './attributes';
import { DT } from './dtypes';
import { denseInt8Attributes } from './int8-op';
import { bitcastHandle, castHandle, createHandle, deleteHandles, rawOp, readHandle } from './raw';

/**
 * Multiplies the most extreme 8-bit values (255 x 127, 64 of them) and looks whether the sums are
 * right. `saturates`: pairs of products are added in 16 bits (x86 without VNNI), so weights must be
 * kept to 7 bits. `none`: TensorFlow has no such product for this device.
 */
export function tryInt8(): 'exact' | 'saturates' | 'none' {
  const owned: number[] = [];
  const keep = (id: number): number => {
    owned.push(id);
    return id;
  };
  const quantized = (
    value: number,
    shape: readonly number[],
    plain: number,
    code: number,
  ): number => {
    const values = new Int32Array(shape.reduce((a, b) => a * b, 1)).fill(value);
    const cast = keep(castHandle(keep(createHandle(shape, values)), DT.int32, plain));
    return keep(bitcastHandle(cast, plain, code));
  };
  const scalar = (value: number): number => keep(createHandle([], Float32Array.of(value)));
  const [rows, inner, columns] = [16, 64, 16];
  try {
    const a = quantized(255, [rows, inner], DT.uint8, DT.quint8);
    const b = quantized(127, [inner, columns], DT.int8, DT.qint8);
    const bias = keep(createHandle([columns], new Float32Array(columns)));
    const outputs = rawOp(
      '_MklQuantizedMatMulWithBias',
      [...denseInt8Attributes(false), attr.string('_kernel', 'QuantizedMklOp')],
      [a, b, bias, scalar(0), scalar(255), scalar(-127), scalar(127)],
      3,
    );
    for (const { id } of outputs) keep(id);
    const [product] = outputs;
    if (product === undefined) return 'none';
    const sums = readHandle(product.id, DT.qint32);
    return sums.every((sum) => sum === inner * 255 * 127) ? 'exact' : 'saturates';
  } catch {
    return 'none';
  } finally {
    deleteHandles(...owned);
  }
}
