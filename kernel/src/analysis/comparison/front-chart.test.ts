import { describe, expect, it } from 'vitest';
import { picturesIn } from '../../display/pictures.fixture';
import { samplePrecisionTable } from '../../payloads/samples.fixture';
import { frontChart } from './front-chart';
import { labelPlaces } from './label-places';
import { speedupChart } from './speedup-chart';
import { precisionTableBundle } from './view';

const drawing = (html: string): string => picturesIn(html).join('\n');
const drawn = (...asked: Parameters<typeof frontChart>): string => {
  const chart = frontChart(...asked);
  return `${chart?.description ?? ''} ${chart?.body ?? ''}`;
};

describe('the chart of accuracy against cost', () => {
  it('says each point in words, and marks simulated formats by their form', () => {
    const html = drawn(samplePrecisionTable, 'bytes', 'score');
    expect(html).toContain('int8: 2.38 MB (0.25x), accuracy 95.83%, on the front');
    expect(html).toContain('bf16: 4.73 MB (0.50x), accuracy 96.94%;');
    expect(html).toContain('simulated');
    expect(drawn(samplePrecisionTable, 'time', 'score')).not.toContain('simulated');
  });

  it('draws outputs that equal those of fp32 at the top, as exact', () => {
    expect(drawn(samplePrecisionTable, 'bytes', 'sqnr')).toContain('>exact<');
  });

  it('has powers of two on its axis where costs lie far apart, and begins at 0 where they do not', () => {
    const rows = samplePrecisionTable.rows.map((row, i) => ({ ...row, weightBytes: 16 ** i }));
    expect(drawn({ ...samplePrecisionTable, rows }, 'bytes', 'score')).toMatch(/>\d+x</);
    expect(drawn(samplePrecisionTable, 'bytes', 'score')).toContain('>0x<');
  });

  it('is none of a single format', () => {
    const rows = samplePrecisionTable.rows.slice(0, 1);
    expect(frontChart({ ...samplePrecisionTable, rows }, 'bytes', 'score')).toBeUndefined();
  });
});

describe('names beside marks', () => {
  it('cover neither each other nor a mark while there is room', () => {
    const marks = Array.from({ length: 4 }, (_, i) => ({ x: 100 + i * 3, y: 100, text: 'format' }));
    const places = labelPlaces(marks, { left: 0, right: 400, top: 0, bottom: 300 });
    const boxes = places.map(({ x, y, anchor }) => ({ left: anchor === 'start' ? x : x - 38, y }));
    boxes.forEach((a, i) => {
      for (const b of boxes.slice(i + 1))
        expect(Math.abs(a.left - b.left) >= 38 || Math.abs(a.y - b.y) >= 11).toBe(true);
    });
  });

  it('stay within the chart', () => {
    const [place] = labelPlaces([{ x: 395, y: 5, text: 'format' }], {
      left: 0,
      right: 400,
      top: 0,
      bottom: 300,
    });
    expect(place).toMatchObject({ anchor: 'end' });
    expect(place?.y).toBeGreaterThan(10);
  });
});

describe('the static table', () => {
  const { 'text/html': html = '', 'text/plain': text = '' } = precisionTableBundle(
    samplePrecisionTable,
  ) as Record<string, string>;

  it('says what it comes to before anything else', () => {
    expect(text).toMatch(/^\w+ is on the front: /);
    expect(html).toMatch(
      /^<div class="halfnote"[^>]*>(<style>.*?<\/style>)?<div class="halfnote-verdict"/s,
    );
  });

  it('marks the best of a column in bold and by a sign', () => {
    expect(html).toContain('<strong>★ 2.28x</strong>');
    expect(html).toContain('<strong>★ 3.60 ms</strong>');
    expect(text).toContain('★ 2.28x');
    expect(html).not.toContain('★ 97.22%');
  });

  it('never calls a gain a loss, and says a loss with its side', () => {
    const rows = samplePrecisionTable.rows.map((row, i) =>
      i === 3 ? { ...row, score: 0.99 } : row,
    );
    const said = String(precisionTableBundle({ ...samplePrecisionTable, rows })['text/plain']);
    expect(said).toContain('1.8 pt higher, not tested');
    expect(said).not.toMatch(/lost|loses/);
    expect(text).toContain('1.4 pt lower, not tested');
  });

  it('keeps the literature below a fold, and its range out of the measured chart', () => {
    const [before = '', folded = ''] = html.split(
      '<summary style="cursor:pointer;padding:2px 0">Here against the literature',
    );
    expect(drawing(before)).not.toContain('claimed in the literature');
    expect(drawing(folded)).toContain('claimed in the literature');
    expect(speedupChart(samplePrecisionTable)?.body).toContain('2.28x measured');
  });
});
