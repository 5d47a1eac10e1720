import { describe, expect, it } from 'vitest';
import { bytes, float, integer, message, readFields, varint } from './protobuf';

describe("protobuf's wire format", () => {
  // The examples of protobuf.dev/programming-guides/encoding.
  it.each([
    [varint(150), '9601'],
    [varint(-2), 'feffffffffffffffff01'],
    [integer(1, 150), '089601'],
    [bytes(2, 'testing'), '120774657374696e67'],
    [message(3, [integer(1, 150)]), '1a03089601'],
    [float(5, 1), '2d0000803f'],
  ])('is written as its guide has it (%#)', (written, hex) => {
    expect(written.toString('hex')).toBe(hex);
  });

  it('is read field by field, and what it has no use for is passed over', () => {
    const seen: unknown[] = [];
    readFields(Buffer.concat([float(9, 1), integer(17, 300), bytes(1, 'name')]), (field, value) => {
      seen.push([field, typeof value === 'number' ? value : Buffer.from(value).toString()]);
    });
    expect(seen).toEqual([
      [17, 300],
      [1, 'name'],
    ]);
  });
});
