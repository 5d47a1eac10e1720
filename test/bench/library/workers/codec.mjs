/** Number formats: float32 arrays to codes and back, in a plain Node.js process. */
import { createRequire } from 'node:module';
import { serve } from '../worker.mjs';

const require = createRequire(import.meta.url);
const {
  decodeArray,
  encodeArray,
  packCodes,
  unpackCodes,
} = require('../../../../kernel/dist/index.js');

/** Normal numbers, as a trained layer's weights are: every format meets its normal and subnormal range. */
function samples(count) {
  let state = 1;
  const random = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) + 0.5) / 2 ** 32;
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()),
  );
}

await serve({
  encode: ({ format, count }) => {
    const values = samples(count);
    return () => encodeArray(format, values);
  },
  decode: ({ format, count }) => {
    const codes = encodeArray(format, samples(count));
    return () => decodeArray(format, codes);
  },
  pack: ({ format, count, bits }) => {
    const codes = encodeArray(format, samples(count));
    return () => packCodes(codes, bits);
  },
  unpack: ({ format, count, bits }) => {
    const packed = packCodes(encodeArray(format, samples(count)), bits);
    return () => unpackCodes(packed, bits, count);
  },
});
