import { expect, it } from 'vitest';
import { encodeFrame, FrameReader } from './frames';

const messages = [
  { a: 1 },
  'text',
  [NaN, new Uint8Array([1, 2])],
  { long: 'y'.repeat(70_000) },
  null,
];
const bytes = Buffer.concat(messages.map(encodeFrame));

it.each([1, 3, 7, 65_536, bytes.length])('puts frames together from chunks of %i bytes', (size) => {
  const reader = new FrameReader();
  const read: unknown[] = [];
  for (let start = 0; start < bytes.length; start += size)
    read.push(...reader.push(bytes.subarray(start, start + size)));
  expect(read).toEqual(
    messages.map((message) => (Array.isArray(message) ? [NaN, expect.anything()] : message)),
  );
});
