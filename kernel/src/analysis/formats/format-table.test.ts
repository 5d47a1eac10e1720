import { describe, expect, it } from 'vitest';
import { cpuFormats, gpuFormats, NATIVE_INSTRUCTIONS, wasmFormats } from '../../backend/support';
import { FORMATS } from '../../inspection/formats';
import { formatsParts } from '../../docs/formats';
import { toBundle } from '../../display/display';
import { COMPARE_FORMATS } from '../comparison/compare-formats';
import { formatTable } from './format-table';

const SETS = Object.values(NATIVE_INSTRUCTIONS).flat();
const rows = formatTable();
const row = (id: string): (typeof rows)[number] => {
  const found = rows.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no row ${id}`);
  return found;
};

describe('the table of formats', () => {
  it('has every format once', () => {
    const ids = rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining([...Object.keys(FORMATS), 'ternary', 'mxfp4']));
  });

  it.each(['bf16', 'fp16'] as const)('says of %s what is decided of each CPU', (id) => {
    for (const set of SETS) {
      const facts = cpuFormats({ isa: [set], engine: '', bf16Products: false, int8: 'exact' });
      expect(row(id).cpu?.includes(set)).toBe(facts[id].execution === 'native');
    }
  });

  it.each(['tf32', 'bf16', 'fp16', 'fp8', 'int8'] as const)(
    'says of %s what is decided of each GPU',
    (support) => {
      const native = rows.find((each) => each.support === support)?.capability;
      for (const computeCapability of [3.5, 5.2, 5.3, 7, 7.5, 8, 8.9, 9]) {
        const facts = gpuFormats({ name: 'GPU', computeCapability }, '');
        const expected = native !== undefined && computeCapability >= native;
        expect(facts[support].execution === 'native').toBe(expected);
      }
    },
  );

  it('says how a format is on a machine', () => {
    const formats = wasmFormats('wasm');
    const here = formatTable({ formats } as Parameters<typeof formatTable>[0]);
    expect(here.find(({ id }) => id === 'bf16')?.here).toBe(formats.bf16);
    expect(here.find(({ id }) => id === 'nf4')?.here).toBeUndefined();
  });

  it('runs what can be compared', () => {
    for (const how of Object.values(COMPARE_FORMATS)) {
      if (how.kind === 'onnxruntime') continue; // an engine, no format
      const id =
        how.kind === 'compute'
          ? (rows.find(({ support }) => support === how.compute)?.id ?? '')
          : how.weights;
      expect(row(id).runs, id).toBeDefined();
    }
  });

  it('has the known numbers', () => {
    expect(row('fp16')).toMatchObject({ max: 65504, smallest: 2 ** -24, epsilon: 2 ** -10 });
    expect(row('e4m3')).toMatchObject({ max: 448, smallest: 2 ** -9, epsilon: 1 / 8 });
    expect(row('mxfp4')).toMatchObject({ bits: 4.25, max: 6 });
    expect(row('mxint8')).toMatchObject({ bits: 8.25, max: 127 / 64, epsilon: 1 / 64 });
    expect(row('nf4')).toMatchObject({ bits: 4.5, max: 1, min: -1 });
    expect(row('binary').epsilon).toBeUndefined();
    expect(row('log4')).toMatchObject({ max: 1, min: -1, smallest: 2 ** -6 });
    expect(row('log3').smallest).toBe(1 / 4);
  });
});

describe('docs/formats.md', () => {
  it('is a table that Markdown can read: as many cells in each line as in its head', () => {
    const { 'trains-and-runs': uses, numbers } = formatsParts();
    for (const table of [uses, numbers]) {
      expect(table).toMatch(/^\| format \|/);
      const widths = table.split('\n').map((line) => line.split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
    expect(numbers).toContain('| FP16 `fp16` | 16 | -65504 | 65504 | 2^-24 | 2^-10 |');
  });

  it('is shown as a table, as the formats are', () => {
    const here = toBundle(
      formatTable({ formats: wasmFormats('wasm') } as Parameters<typeof formatTable>[0]),
    );
    expect(here['text/html']).toMatch(
      /Train and run.*<th[^>]*>BF16<\/th><td[^>]*>simulated<\/td>/s,
    );
    expect(String(here['text/plain'])).toMatch(/^MXFP4 E2M1 +mxfp4 +4\.25 +-6 +6 +2⁻¹$/m);
    expect(String(toBundle(FORMATS)['text/plain'])).toMatch(
      /^FP16 +fp16 +16 +-65504 +65504 +2⁻²⁴$/m,
    );
    expect(Object.keys(FORMATS)).toHaveLength(Reflect.ownKeys(FORMATS).length - 1);
  });
});
