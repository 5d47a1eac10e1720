import { inflateSync } from 'node:zlib';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { precisionTableBundle } from '../analysis/comparison/view';
import { toBundle } from '../display/display';
import { HUE } from '../display/hues';
import { sampleGradientRanges, samplePrecisionTable } from '../payloads/samples.fixture';
import { gradientRangesBundle } from '../precision/ranges/view';
import { figuresOf, save, tablesOf } from './save';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-paper-'));
const at = (name: string): string => join(folder, name);
const table = precisionTableBundle(samplePrecisionTable);
const ranges = gradientRangesBundle(sampleGradientRanges);

/** Sizes of a picture's texts in points, where it is as wide as its file says. */
function sizesPt(svg: string): number[] {
  const [, across = '1', mm = '1'] =
    /viewBox="\S+ \S+ (\S+) .*?" width="([\d.]+)mm"/.exec(svg) ?? [];
  const scale = (Number(mm) * 72) / 25.4 / Number(across);
  return [...svg.matchAll(/font-size="([\d.]+)"/g)].map(([, size]) => Number(size) * scale);
}

interface PngFacts {
  readonly width: number;
  readonly height: number;
  readonly perMetre: number;
}

function pngFacts(bytes: Buffer): PngFacts {
  const chunks = new Map<string, Buffer>();
  for (let from = 8; from < bytes.length;) {
    const length = bytes.readUInt32BE(from);
    chunks.set(
      bytes.toString('latin1', from + 4, from + 8),
      bytes.subarray(from + 8, from + 8 + length),
    );
    from += 12 + length;
  }
  expect([...chunks.keys()].slice(0, 2)).toEqual(['IHDR', 'pHYs']);
  expect(chunks.has('IEND')).toBe(true);
  const [header = Buffer.alloc(8), density = Buffer.alloc(9)] = [
    chunks.get('IHDR'),
    chunks.get('pHYs'),
  ];
  expect(
    inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0), { finishFlush: 2 }).length,
  ).toBeGreaterThan(0);
  expect(density[8]).toBe(1);
  return {
    width: header.readUInt32BE(0),
    height: header.readUInt32BE(4),
    perMetre: density.readUInt32BE(0),
  };
}

describe('what a view shows', () => {
  it('is there as tables and figures, with captions and how they came about', () => {
    const [first, ...others] = tablesOf(table);
    expect(first?.caption).toMatch(/^Precision comparison.*parameters/);
    expect(first?.grid.rows.map(([name]) => name?.text)).toEqual(
      samplePrecisionTable.rows.map(({ format }) => format),
    );
    expect(first?.notes.some((note) => note.startsWith('Latency is measured'))).toBe(true);
    expect(first?.notes.at(-1)).toMatch(/^Made with Halfnote \d+\.\d+\.\d+ on .+ threads?\.$/);
    expect(others.map(({ caption }) => caption)).toContain('Here against the literature');
    expect(figuresOf(table).map(({ caption }) => caption)).toContain('Speedup against fp32');
    expect(figuresOf(ranges).length).toBeGreaterThan(1);
    expect(tablesOf(7)).toEqual([]);
  });

  it('is not sent along with the output', () => {
    expect(Object.keys(toBundle(table)).some((key) => key.includes('xhibit'))).toBe(false);
    expect(structuredClone(table)).toEqual({ ...table });
  });

  it('is drawn for its width with texts of 7 points and more', () => {
    for (const view of [table, ranges])
      for (const figure of figuresOf(view))
        for (const width of ['column', 'text', 120] as const) {
          const sizes = sizesPt(figure.toSvg({ width }));
          expect(Math.min(...sizes)).toBeGreaterThan(6.9);
          expect(Math.max(...sizes)).toBeLessThan(9);
        }
  });

  it('has no color in grey, and marks that tell meanings apart', () => {
    const [figure] = figuresOf(ranges);
    const grey = figure?.toSvg({ greyscale: true }) ?? '';
    for (const [, r, g, b] of grey.matchAll(/#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})\b/gi))
      expect([g, b]).toEqual([r, r]);
    for (const id of ['hn-dots', 'hn-crosses', 'hn-lines']) expect(grey).toContain(`url(#${id})`);
    expect(figure?.toSvg()).toContain(HUE.subnormal);
  });
});

describe('a figure in a file', () => {
  it('is a PDF of vectors, with the font that it needs within', async () => {
    await save(ranges, at('ranges.pdf'), { width: 'column' });
    const text = readFileSync(at('ranges.pdf'), 'latin1');
    expect(text).toContain('/FontFile2');
    expect(text).not.toContain('/Subtype /Image');
  });

  it('is a PNG with its density, as many pixels across as its width has', async () => {
    await save(table, at('speedup.png'));
    expect(pngFacts(readFileSync(at('speedup.png')))).toMatchObject({
      width: Math.round((85 / 25.4) * 600),
      perMetre: 23622,
    });
    await save(table, at('speedup.png'), { width: 100, dpi: 254 });
    expect(pngFacts(readFileSync(at('speedup.png')))).toMatchObject({
      width: 1000,
      perMetre: 10000,
    });
  });

  it('comes with the lines of LaTeX that include it', async () => {
    await save(table, at('front.tex'), { figure: 1 });
    const text = readFileSync(at('front.tex'), 'utf8');
    expect(text).toContain('{front.pdf}');
    expect(text).toContain('\\label{fig:accuracy-against-bytes-of-the-weights}');
    expect(text).toContain('Made with Halfnote');
  });

  it('is written as a whole, beside tables', async () => {
    await save(table, at('literature.csv'), { table: 2 });
    expect(readFileSync(at('literature.csv'), 'utf8')).toContain(
      'Format,Figure,Here,Literature,Against,On,Source',
    );
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it.each([
    ['a.docx', {}, /^A table is written as \.csv, .*not to/],
    ['a.png', { table: 1 }, /^A table is written as \.csv, \.md, \.tex, not to/],
    ['a.png', { figure: 9 }, /^What was given has figures 1 to 4, no 9/],
    ['a.png', { width: 10 }, /^width must be 'column', 'text' or 70 to 400 \(mm\), not 10/],
    ['a.png', { dpi: 5000 }, /^dpi must be 72 to 1200, not 5000/],
    ['a.png', { width: 400, dpi: 1200 }, /million pixels, more than 50/],
    ['a.pdf', { font: '/none.ttf' }, /^Can't read the font \/none\.ttf/],
    ['a.pdf', { font: __filename }, /^The font is no TrueType or OpenType font/],
    ['a.csv', { table: 9 }, /^What was given has table/],
    ['a.csv', { table: 1, figure: 1 }, /^Both table 1 and figure 1 are named/],
  ])('is refused as %s with %j', async (name, options, message) => {
    await expect(save(ranges, at(name), options)).rejects.toThrow(message);
  });

  it('says which signs its font lacks', async () => {
    const named = { ...samplePrecisionTable, baseline: '层' };
    const rows = samplePrecisionTable.rows.map((row) => ({ ...row, format: `层${row.format}` }));
    const view = precisionTableBundle({ ...named, rows });
    await expect(save(view, at('a.pdf'))).rejects.toThrow(/has no 层, which the figure has/);
  });
});
