import { packCodes, unpackCodes, type PackedBits } from '../../../formats/packing';
import { exact, within } from '../../comparisons';
import { defineCheck } from '../../definition';
import { integersOf } from '../5-linear-quantization/integer-codes';

export interface CacheDimensions {
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly tokens: number;
  readonly batch: number;
}
type Bytes = (of: CacheDimensions, bits: number) => number;

const bytes: Bytes = ({ layers, kvHeads, headDim, tokens, batch }, bits) =>
  (2 * layers * kvHeads * headDim * tokens * batch * bits) / 8;

type Pack = (codes: number[], bits: number) => ArrayLike<number>;
const pack: Pack = (codes, bits) =>
  bits === 8 ? codes : packCodes(Uint8Array.from(codes), bits as PackedBits);
/** Codes of a byte each put together in an order of their own. */
const packedBy =
  (placeOf: (i: number, bits: number) => number, round: (x: number) => number): Pack =>
  (codes, bits) => {
    const each = 8 / bits;
    return Array.from({ length: round(codes.length / each) }, (_, at) =>
      codes
        .slice(at * each, (at + 1) * each)
        .reduce((byte, code, i) => byte | (code << placeOf(i, bits)), 0),
    );
  };

type Unpack = (packed: number[], bits: number, count: number) => number[];
const unpack: Unpack = (packed, bits, count) =>
  bits === 8
    ? packed.slice(0, count)
    : [...unpackCodes(Uint8Array.from(packed), bits as PackedBits, count)];
const unpackedBy =
  (placeOf: (i: number, bits: number) => number, mask: (bits: number) => number): Unpack =>
  (packed, bits, count) => {
    const each = 8 / bits;
    return Array.from({ length: count }, (_, i) => {
      return ((packed[Math.floor(i / each)] ?? 0) >> placeOf(i % each, bits)) & mask(bits);
    });
  };
const ones = (bits: number): number => 2 ** bits - 1;

const SMALL = { layers: 2, heads: 2, kvHeads: 2, headDim: 32, tokens: 64, batch: 1 };
const LLAMA3_8B = { layers: 32, heads: 32, kvHeads: 8, headDim: 128, tokens: 8192, batch: 4 };

/** Functions of the part on bytes. */
export const MEMORY = {
  'cache-bytes': defineCheck({
    what: { en: 'the bytes of a KV cache', zh: 'KV 缓存的字节数' },
    reference: bytes,
    comparison: within({ relative: 1e-12 }),
    cases: [
      {
        args: [{ layers: 1, heads: 1, kvHeads: 1, headDim: 4, tokens: 1, batch: 1 }, 32],
        hint: {
          en: 'One token in one layer with one head: how many vectors are kept, of how many numbers, of how many bytes?',
          zh: '一层、一个头、一个 token：要保存几个向量？每个有几个数？每个数几个字节？',
        },
      },
      {
        args: [SMALL, 4],
        hint: {
          en: 'Two numbers of 4 bits share a byte.',
          zh: '两个 4 位的数共用一个字节。',
        },
      },
      {
        args: [LLAMA3_8B, 16],
        hint: {
          en: 'Here several query heads share one head of keys and values. Which of the two counts are kept?',
          zh: '这里多个查询头共用一个键值头。保存的是哪一种头？',
        },
      },
    ],
    mistakes: [
      {
        wrong: (of, bits) => bytes(of, bits) / 2,
        hint: {
          en: 'Half of it: keys are kept, and values, too.',
          zh: '只有一半：不仅保存键，还保存值。',
        },
      },
      {
        wrong: (of, bits) => bytes(of, bits) * 8,
        hint: { en: 'These are bits.', zh: '这是位数，不是字节数。' },
      },
      {
        wrong: (of, bits) => bytes({ ...of, kvHeads: of.heads }, bits),
        hint: {
          en: 'The query heads were counted. Queries are used once and forgotten.',
          zh: '这里数的是查询头。查询用过一次就丢弃。',
        },
      },
      {
        wrong: (of, bits) => bytes({ ...of, batch: 1 }, bits),
        hint: {
          en: 'Each sequence of the batch has its own cache.',
          zh: '批次中每个序列都有自己的缓存。',
        },
      },
    ],
  }),

  'pack-codes': defineCheck({
    what: { en: 'codes packed into bytes', zh: '打包成字节的编码' },
    reference: pack,
    comparison: integersOf('uint8'),
    cases: [
      {
        args: [[1, 2], 4],
        hint: {
          en: 'Write the byte in binary: the first code takes the low four bits.',
          zh: '把这个字节写成二进制：第一个编码占低四位。',
        },
      },
      {
        args: [[1, 2, 3, 0, 2], 2],
        hint: {
          en: 'Four codes a byte, the first one lowest. The fifth begins another byte.',
          zh: '每字节四个编码，第一个在最低位。第五个编码另起一个字节。',
        },
      },
      {
        args: [[15, 0, 9], 4],
        hint: {
          en: 'An odd number of codes: what becomes of the last one?',
          zh: '编码个数为奇数：最后一个怎么办？',
        },
      },
      {
        args: [[7, 255, 0], 8],
        hint: { en: 'With 8 bits a code is a byte.', zh: '8 位时一个编码就是一个字节。' },
      },
    ],
    mistakes: [
      {
        wrong: packedBy((i, bits) => 8 - bits * (i + 1), Math.ceil),
        hint: {
          en: 'The first code went to the high bits. It belongs in the low ones.',
          zh: '第一个编码放到了高位。它应放在低位。',
        },
      },
      {
        wrong: packedBy((i, bits) => bits * i, Math.floor),
        hint: {
          en: 'The last byte is missing: round their number up.',
          zh: '少了最后一个字节：字节数应向上取整。',
        },
      },
      {
        wrong: (codes) => codes,
        hint: {
          en: 'Each code still has a byte of its own.',
          zh: '每个编码仍然各占一个字节。',
        },
      },
      {
        wrong: packedBy((i) => i, Math.ceil),
        hint: {
          en: 'Codes overlap: each begins a code’s width after the one before.',
          zh: '编码相互重叠：每个编码应在前一个之后相隔一个编码的宽度。',
        },
      },
    ],
  }),

  'unpack-codes': defineCheck({
    what: { en: 'codes taken out of bytes', zh: '从字节中取出的编码' },
    reference: unpack,
    comparison: exact,
    cases: [
      {
        args: [[0x21], 4, 2],
        hint: {
          en: '0x21: the first code is in the low four bits.',
          zh: '0x21：第一个编码在低四位。',
        },
      },
      {
        args: [[0b00111001, 0b10], 2, 5],
        hint: {
          en: 'Shift the byte to the right until the code is lowest, and keep its bits only.',
          zh: '把字节右移到编码位于最低位，再只保留它的那几位。',
        },
      },
      {
        args: [[0x0f, 0x09], 4, 3],
        hint: {
          en: 'The last byte holds one code only: give as many as `count` says.',
          zh: '最后一个字节只有一个编码：返回的个数由 `count` 决定。',
        },
      },
    ],
    mistakes: [
      {
        wrong: unpackedBy((i, bits) => 8 - bits * (i + 1), ones),
        hint: {
          en: 'The high bits came first. Codes begin in the low ones.',
          zh: '高位先出来了。编码从低位开始。',
        },
      },
      {
        wrong: unpackedBy(
          (i, bits) => bits * i,
          () => 255,
        ),
        hint: {
          en: 'The bits of later codes are still there: mask them.',
          zh: '后面编码的位还在：请用掩码去掉。',
        },
      },
      {
        wrong: (packed, bits) =>
          unpackedBy((i, width) => width * i, ones)(packed, bits, (packed.length * 8) / bits),
        hint: {
          en: 'More codes came out than went in: the rest of the last byte is no code.',
          zh: '取出的编码比放进去的多：最后一个字节余下的部分不是编码。',
        },
      },
    ],
  }),
} as const;
