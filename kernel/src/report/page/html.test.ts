import { describe, expect, it } from 'vitest';
import { rangeLayer } from '../../payloads/ranges/schema';
import { makeReport } from '../make/make-report';
import { factsOf, sampleReport, trialOf } from '../report.fixture';
import { fullReport } from './full-report.fixture';
import { reportHtml } from './html';

const EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>';

/** The text of a page without its tags, as a reader sees it. */
function read(html: string): string {
  return html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('the page of a report', () => {
  it('says on top what was run, whether it holds, and what it took in both boundaries', () => {
    const text = read(reportHtml(sampleReport()));
    expect(text).toMatch(/digits\.ipynb .*2 code cells, at commit 44f3da5be0, run 3 times/);
    expect(text).toContain('VALID Nothing was seen that would spoil the measurement.');
    expect(text).toMatch(/Attributed to this work 100 J \(91–110\), estimated/);
    expect(text).toMatch(/The whole machine 181 J \(172–189\), counter/);
    expect(text).toMatch(/Sum: the whole machine 181 J/);
  });

  it('has every figure’s method, the results, the identity and the raw samples', () => {
    const report = sampleReport();
    const text = read(reportHtml(report));
    expect(text).toContain(report.identity.hash);
    expect(text).toMatch(/accuracy Cell 3 0\.9700 3/);
    expect(text).toContain('Precision comparison');
    expect(text).toContain('Gradient ranges of digits CNN');
    expect(text).toContain('seed in cell 3: 42');
    expect(text).toContain('halfnote verify digits.report.json');
    expect(text).toMatch(/Raw samples .*outside/);
  });

  it('marks a run that failed, and what is missing for a publication', () => {
    const failure = { cell: 2, name: 'RangeError', message: 'too far' };
    const text = read(reportHtml(makeReport({ ...factsOf([trialOf({ failure })]), carbon: {} })));
    expect(text).toContain('FAILED, INVALID The notebook failed in cell 3: RangeError: too far.');
    expect(text).toMatch(/Missing for a publication: \d of 13/);
    expect(text).toContain('One trial: the intervals hold what is known of the error');
    expect(text).toContain('Cell 3 not run');
  });

  it('says which trial failed, and that the figures are of those that ended', () => {
    const failure = { cell: 2, name: 'RangeError', message: 'too far' };
    const text = read(
      reportHtml(makeReport(factsOf([trialOf(), trialOf(), trialOf({ failure })]))),
    );
    expect(text).toContain(
      'run 3 times, each in a fresh kernel, of which the figures are of the 2',
    );
    expect(text).toContain(
      'Trial 3 failed in cell 3: RangeError: too far. The figures are of the 2',
    );
    expect(text).not.toContain('measured until then');
  });

  it('says that a figure is incomplete wherever it stands', () => {
    const html = reportHtml(makeReport(factsOf([trialOf({ problems: ['a GPU was lost'] })])));
    expect(read(html)).toMatch(/Attributed to this work 100 J \(95–105\), incomplete, estimated/);
  });

  it('shows text from a notebook as text', () => {
    const facts = factsOf([trialOf()]);
    const html = reportHtml(
      makeReport({
        ...facts,
        name: EVIL,
        versions: { [EVIL]: EVIL },
        settings: { [EVIL]: EVIL },
        inputs: facts.inputs.map((input) => ({ ...input, name: EVIL })),
        trials: [trialOf({ failure: { cell: 2, name: EVIL, message: EVIL } })],
      }),
    );
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain('&lt;script&gt;');
  });

  it('breaks figures before their intervals only, in its own tables and in those of views', () => {
    const html = reportHtml(fullReport());
    const cells = html.match(/<td[^>]*>[^<]*\d–\d[^<]*<\/td>/g) ?? [];
    const unmarked = cells.filter((cell) => /\(\d[^ )]*–[^ )]*\)(, incomplete)?<\/td>$/.test(cell));
    expect(unmarked).toEqual([]);
    expect(html).toMatch(/<span class="figure">5\.09 mJ<\/span> <span class="figure">\([^<]*\)/);
  });

  it('is tried on a report that holds everything that one can hold', () => {
    const empty = Object.entries(fullReport()).filter(
      ([, value]) => value === null || (Array.isArray(value) && value.length === 0),
    );
    expect(empty.map(([name]) => name)).toEqual(['failure']);
    const kinds = fullReport().gradientRanges.flatMap(({ ranges }) => ranges.layers);
    expect(new Set(kinds.map(({ kind }) => kind))).toEqual(new Set(rangeLayer.shape.kind.options));
  });

  it('is one file without scripts that loads nothing', () => {
    const html = reportHtml(sampleReport());
    expect(html).not.toMatch(/<script|<link|<iframe|url\(|@import/i);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toContain('<details>');
  });
});
