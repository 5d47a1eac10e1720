import { describe, expect, it, vi } from 'vitest';
import { COMPARE_FORMATS } from '../analysis/comparison/compare-formats';
import { formatTable } from '../analysis/formats/format-table';
import { MEMORY_FORMATS } from '../analysis/memory/options';
import type { DeviceFacts, FormatSupport } from '../backend/contract';
import { wasmFormats } from '../backend/support';
import { formatsParts } from '../docs/formats';
import { precisionParts } from '../docs/precision';
import { formatFindings } from '../doctor/doctor';
import { ONNX_FORMATS } from '../export/onnx/options';
import { ELEMENT_TYPES } from '../export/onnx/proto/element-type';
import { TFJS_WEIGHTS } from '../export/tfjs/weight-spec';
import { TFLITE_FORMATS } from '../export/tflite/options';
import { KV_FORMATS, kvLayout, type KvFormat } from '../generation/kv-cache/layout';
import { WEIGHT_BITS } from '../graph/weight-codes';
import { JUPYTER_DISPLAY } from '../host';
import { compare } from '../magics/catalog/compare';
import { exportMagic } from '../magics/catalog/export';
import { inspect } from '../magics/catalog/inspect';
import { kvcache } from '../magics/catalog/kvcache';
import { memory } from '../magics/catalog/memory';
import { precision } from '../magics/catalog/precision';
import { qat } from '../magics/catalog/qat';
import { quantize } from '../magics/catalog/quantize';
import { sensitivity } from '../magics/catalog/sensitivity';
import type { Magic } from '../magics/language/declare';
import { parsePolicy, type Policy } from '../precision/policy';
import { PrecisionStatus } from '../precision/status';
import { LARGEST_CODE } from '../quantization/qat/weights';
import { formatBands } from './bands';
import type { BlockFormatId } from './blocks';
import { INSPECTED } from './inspect';
import { INSPECTABLE } from './inspectable';
import { INTEGER_WEIGHT_FORMATS } from './names';
import type { FormatId } from './table';
import { USES, type FormatUse, type HardwareFormat } from './uses';

/** A format that there isn't, which can be all that a format can be. */
const MADE_UP = 'e2m5';

vi.mock('./table', async (original) => {
  const module = await original<typeof import('./table')>();
  const e2m5 = { ...module.FORMATS.e4m3, id: 'e2m5', label: 'FP8 E2M5' };
  Object.assign(module.FORMATS, { e2m5: { ...e2m5, precision: 6, exponentBias: 1 } });
  return module;
});

vi.mock('./uses', async (original) => {
  const module = await original<typeof import('./uses')>();
  const e2m5 = {
    hardware: 'e2m5',
    compute: { results: 'bf16', gradients: 'e5m2', keras: 'mixed_e2m5', dtypes: ['float8_e2m5'] },
    storage: true,
    weights: { codes: 'int8', values: 'multiples' },
    kv: { bits: 8 },
    compare: { 'fp8-e2m5': 'rounded', 'e2m5-static': 'static' },
    onnx: true,
    onnxType: { float8e2m5: 99 },
    tflite: ['e2m5'],
    tfjs: 'float8_e2m5',
    band: true,
    inspected: true,
  };
  Object.assign(module.USES, { e2m5 });
  return module;
});

vi.mock('halfnote/mime/formats', () => vi.importActual('../payloads/formats'));

const facts = {
  deviceName: 'here',
  formats: { ...wasmFormats('wasm'), [MADE_UP]: wasmFormats('wasm').bf16 },
} as unknown as DeviceFacts;

const offered = ({ positionals, options }: Magic, parameter: string): readonly string[] =>
  [...positionals, ...options].find(({ name }) => name === parameter)?.values ?? [];

/** Each list that the product has, and the name that the format has there if it isn't its own. */
const LISTS: readonly (readonly [string, () => readonly string[], string?])[] = [
  ['%precision', () => offered(precision, 'spec')],
  ['%compare', () => offered(compare, 'formats'), 'fp8-e2m5'],
  ['%quantize', () => offered(quantize, 'weights')],
  ['%qat', () => offered(qat, 'weights')],
  ['%sensitivity', () => offered(sensitivity, 'formats')],
  ['%kvcache', () => offered(kvcache, '--formats')],
  ['%memory', () => offered(memory, '--formats')],
  ['%inspect', () => offered(inspect, '--formats')],
  ['%export --format', () => offered(exportMagic, '--format')],
  ['%export --weights', () => offered(exportMagic, '--weights')],
  ['%export --weights, as tfjs names it', () => offered(exportMagic, '--weights'), 'float8_e2m5'],
  ['the rows of %doctor', () => formatFindings(facts).map(({ format }) => format)],
  ['the table of formats', () => formatTable().map(({ id }) => id)],
  ['what a model is compared in', () => Object.keys(COMPARE_FORMATS), 'e2m5-static'],
  ['formats of weights', () => Object.keys(WEIGHT_BITS)],
  ['formats that weights are trained in', () => Object.keys(LARGEST_CODE)],
  ['formats that sensitivity and chooseBits try', () => INTEGER_WEIGHT_FORMATS],
  ['formats of a KV cache', () => KV_FORMATS],
  ['formats of training memory', () => MEMORY_FORMATS],
  ['formats of ONNX files', () => ONNX_FORMATS],
  ['element types of ONNX files', () => Object.keys(ELEMENT_TYPES), 'float8e2m5'],
  ['formats of TensorFlow Lite files', () => TFLITE_FORMATS],
  ['weights of tfjs files', () => Object.keys(TFJS_WEIGHTS), 'float8_e2m5'],
  ['bands of the gradient view', () => formatBands().map(({ id }) => id)],
  ['what is inspected unless it is told what', () => INSPECTED],
  ['what can be inspected', () => INSPECTABLE],
];

describe('a format that is added to the table', () => {
  it.each(LISTS.map(([where, names, name = MADE_UP]) => ({ where, names, name })))(
    'is in $where',
    ({ names, name }) => {
      expect(names()).toContain(name);
    },
  );

  it('is a policy, by all its names', () => {
    const expected: unknown = expect.objectContaining({ param: 'fp32', compute: MADE_UP });
    for (const name of ['e2m5', 'mixed_e2m5', 'float8_e2m5', 'torch.float8_e2m5', 'p=f32,c=e2m5']) {
      expect(parsePolicy(name)).toEqual(expected);
    }
    expect(parsePolicy('p=float8_e2m5').param).toBe(MADE_UP);
  });

  it('has a row in what %precision shows', () => {
    const status = new PrecisionStatus(parsePolicy(MADE_UP) satisfies Policy, facts, 1);
    expect(status[JUPYTER_DISPLAY]()['text/plain']).toMatch(/^e2m5 \(current\) +simulated/m);
  });

  it('is compared as the table says', () => {
    expect(COMPARE_FORMATS).toMatchObject({
      'fp8-e2m5': { kind: 'rounded', weights: MADE_UP },
      'e2m5-static': { kind: 'integer', weights: MADE_UP, mode: 'static' },
    });
    expect(compare.details.join(' ')).toContain('`fp8-e2m5`');
  });

  it('keeps keys and values as the table says', () => {
    expect(kvLayout(MADE_UP as KvFormat, 64).keys).toMatchObject({ kind: 'codes', bits: 8 });
  });

  it('stands among the bands by its range', () => {
    const ids: readonly string[] = formatBands().map(({ id }) => id);
    expect(ids).toEqual(['fp32', 'tf32', 'bf16', 'fp16', 'e5m2', 'e4m3', 'e2m5']);
  });

  it('is on the pages of the docs', () => {
    expect(Object.values(formatsParts()).join('\n')).toContain('| FP8 E2M5 `e2m5` | 8 |');
    expect(Object.values(precisionParts()).join('\n')).toContain('| FP8 E2M5 `e2m5` | ');
  });

  it('is refused by the compiler until the tables have it', () => {
    // @ts-expect-error What a number format can be has to be said.
    const uses: Readonly<Record<FormatId | BlockFormatId | 'e1m6', FormatUse>> = USES;
    // @ts-expect-error Whether a machine multiplies in it has to be said.
    const asked: Readonly<Record<HardwareFormat | 'e1m6', FormatSupport>> = wasmFormats('wasm');
    expect([uses, asked].some((table) => 'e1m6' in table)).toBe(false);
  });
});
