/** The little of protobuf's wire format that graphs need: fields written, fields of a message read. */

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** A whole number; negative ones take ten bytes, as protobuf has them. */
export function varint(value: number): Buffer {
  if (value >= 0 && value < 0x80) return Buffer.of(value);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Buffer.from(bytes);
}

const key = (field: number, wire: number): Buffer => varint((field << 3) | wire);

export function integer(field: number, value: number): Buffer {
  return Buffer.concat([key(field, VARINT), varint(value)]);
}

export function float(field: number, value: number): Buffer {
  const bits = Buffer.alloc(4);
  bits.writeFloatLE(value);
  return Buffer.concat([key(field, FIXED32), bits]);
}

/** A string as UTF-8, the bytes of an embedded message, or plain bytes. */
export function bytes(field: number, value: string | Uint8Array): Buffer {
  const data = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([key(field, BYTES), varint(data.length), data]);
}

/** An embedded message of these fields. */
export function message(field: number, fields: readonly Buffer[]): Buffer {
  return bytes(field, Buffer.concat(fields));
}

/** Calls `visit` with each field: the number of a varint, the bytes of what has a length; others are passed over. */
export function readFields(
  data: Uint8Array,
  visit: (field: number, value: number | Uint8Array) => void,
): void {
  let at = 0;
  const next = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = data[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  while (at < data.length) {
    const tag = next();
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === VARINT) visit(field, next());
    else if (wire === BYTES) {
      const length = next();
      visit(field, data.subarray(at, at + length));
      at += length;
    } else at += wire === FIXED64 ? 8 : 4;
  }
}
