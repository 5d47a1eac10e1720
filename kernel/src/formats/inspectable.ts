import { HalfnoteError, nearest } from '../errors';
import { BLOCK_FORMATS, type BlockFormat } from './blocks';
import type { FormatOrName, NumberFormat } from './format';
import { WEIGHT_FORMATS } from './names';
import { aliasedFormat, asFormat, FORMATS } from './table';
import { USES, type WeightFormat } from './uses';

/** A format in which numbers can be inspected: alone, or with others that share its scale. */
export interface Inspectable {
  readonly id: string;
  readonly label: string;
  /** What a code is in. */
  readonly element: NumberFormat;
  /** The lowest code of two's complement is left out, so that every number has its negative. */
  readonly symmetric: boolean;
  /** Rounds by exponent first, so that the limit between powers of two is their geometric mean. */
  readonly logarithmic: boolean;
  /** Of formats whose elements share a scale block by block. */
  readonly blocks: BlockFormat | undefined;
}

const single = (element: NumberFormat): Inspectable => ({
  id: element.id,
  label: element.label,
  element,
  symmetric: false,
  logarithmic: false,
  blocks: undefined,
});

const inBlocks = (blocks: BlockFormat): Inspectable => ({
  ...single(FORMATS[blocks.element]),
  id: blocks.id,
  label: blocks.label,
  symmetric: FORMATS[blocks.element].kind === 'integer',
  blocks,
});

/** A format that only weights have; none where the values of its codes are found for the weights. */
function ofWeights(id: WeightFormat): readonly Inspectable[] {
  const use = USES[id];
  const named = { id, label: 'label' in use ? use.label : id };
  const { codes, values } = use.weights;
  switch (values) {
    case 'multiples':
    case 'signs':
      return [{ ...single({ ...FORMATS[codes], ...named }), symmetric: true }];
    case 'powers': {
      // A sign and an exponent: 0 and the powers of two up to 1 that the bits tell apart.
      const { bits } = FORMATS[codes];
      const element = { ...FORMATS.pow2, ...named, bits, exponentBias: 2 ** (bits - 1) - 1 };
      return [{ ...single(element), logarithmic: true }];
    }
    case 'codebook':
      return [];
    case 'floats':
    case 'blocks':
      // These are in `FORMATS` and `BLOCK_FORMATS`.
      return [];
  }
}

const ALL: readonly Inspectable[] = [
  ...Object.values(FORMATS)
    .filter(({ id }) => id !== 'nf4')
    .map(single),
  ...WEIGHT_FORMATS.filter((id) => !Object.hasOwn(FORMATS, id)).flatMap(ofWeights),
  ...Object.values(BLOCK_FORMATS).map(inBlocks),
];

/** The names of all of them: those of `FORMATS` and `BLOCK_FORMATS`, `ternary` and `log4`, `log3`. */
export const INSPECTABLE: readonly string[] = ALL.map(({ id }) => id);

/** Names under which others look for a format. */
const ALSO: Readonly<Record<string, string>> = {
  mxfp4_e2m1: 'mxfp4',
  normalfloat4: 'nf4',
};

const SEVERAL: Readonly<Record<string, readonly string[]>> = {
  fp8: ['e4m3', 'e5m2'],
  float8: ['e4m3', 'e5m2'],
  fp6: ['e3m2', 'e2m3'],
  float6: ['e3m2', 'e2m3'],
  mxfp8: ['mxfp8_e4m3', 'mxfp8_e5m2'],
  mxfp6: ['mxfp6_e3m2', 'mxfp6_e2m3'],
};

/** `float16` is `fp16`; a name that isn't known stays as it is. */
export function inspectableName(name: string): string {
  const key = name.trim().toLowerCase();
  if (INSPECTABLE.includes(key)) return key;
  return ALSO[key] ?? aliasedFormat(key) ?? name;
}

/** What may be meant by a name that isn't known, the likeliest first. */
export function nearInspectable(name: string): readonly string[] {
  const key = name.trim().toLowerCase();
  return SEVERAL[key] ?? nearest(key, INSPECTABLE, 2);
}

/**
 * The formats of those names; `all` stands for every one.
 * @throws HalfnoteError `unknown-format` that lists the allowed names.
 */
export function inspectables(formats: readonly FormatOrName[]): readonly Inspectable[] {
  return formats.flatMap((format) => {
    if (typeof format !== 'string') return [single(asFormat(format))];
    if (format.trim().toLowerCase() === 'all') return ALL;
    const name = inspectableName(format);
    const found = ALL.find(({ id }) => id === name);
    if (found !== undefined) return [found];
    const near = nearInspectable(format);
    throw new HalfnoteError(
      'unknown-format',
      `"${format}" is not a number format; allowed are ${INSPECTABLE.join(', ')}, and all.`,
      /^codebook\d?$/.test(name)
        ? "A codebook's values are found for the data: quantizeTensor(values, { kind: 'codebook', bits: 4 })."
        : near.length > 0
          ? `Did you mean ${near.join(' or ')}?`
          : undefined,
    );
  });
}
