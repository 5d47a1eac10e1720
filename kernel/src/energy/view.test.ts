import { describe, expect, it } from 'vitest';
import { MIME } from '../payloads/mime-types';
import { carbonReportPayload } from './report';
import { sampleReport } from './session.fixture';
import { carbonBundle, heading } from './view';
import { carbonLine, carbonLineBundle } from './view-line';
import { figure, windowOf } from './window.fixture';

const report = sampleReport();
const text = String(carbonBundle(report)['text/plain']);
const html = String(carbonBundle(report)['text/html']);

/** The cells of a row of a table in text. */
function row(name: string): string[] {
  const line = text.split('\n').find((candidate) => candidate.trimStart().startsWith(`${name}  `));
  return line?.trim().split(/\s{2,}/) ?? [];
}

function single(more: Partial<Parameters<typeof windowOf>[0]> = {}) {
  const total = windowOf({
    ...{ id: 4, parent: 0, name: 'In [4]', durationS: 0.8 },
    accountsJ: { user: 1.234, halfnote: 0.4, rest: 9 },
    ...more,
  });
  const monitor = { absent: [], notes: ['The counter is shared by CPU time.'] };
  const options = { gridIntensity: 473 };
  return carbonReportPayload({
    title: `Energy and CO2e of ${total.name}`,
    ...{ scope: 'cell', total, windows: [], options, monitor },
  });
}

describe('a carbon report as text', () => {
  it("begins with the user's energy and its interval, beside the machine's", () => {
    expect(text).toMatch(/^In \[2\] took 75\.2% of the 0\.85 kJ of your code/);
    expect(text.split('\n')[2]).toBe(
      "Energy and CO2e of this session: 0.85 kJ (0.79–0.91) user's code, 10 mg CO2e; machine 3.62 kJ; 6 min 52 s, modelled",
    );
  });

  it('says in its first line that it is incomplete', () => {
    const problems = ['The GPU could not be read'];
    expect(heading(single({ problems }))).toMatch(/^Energy and CO2e of In \[4\] \(incomplete\): /);
    const shown = String(carbonBundle(single({ problems }))['text/plain']);
    expect(shown).toMatch(/^Energy {2,}1\.23 J \(1\.17–1\.30\), incomplete/m);
    expect(shown).toContain('* The GPU could not be read');
  });

  it('has both boundaries, each with its dynamic and idle part', () => {
    expect(row('Energy')).toEqual(['Energy', '0.85 kJ (0.79–0.91)', '3.62 kJ (3.51–3.73)']);
    expect(row('of it dynamic')).toEqual(['of it dynamic', '0.65 kJ', '1.92 kJ']);
    expect(row('of it idle')).toEqual(['of it idle', '203 J', '1.70 kJ']);
  });

  it('has three accounts that add up to the machine, and Halfnote as a line of its own', () => {
    expect(row('Halfnote itself (compiling, starting)')[1]).toBe('101 J (94–108)');
    const { user, halfnote, rest } = report.total.accountsJ;
    expect(user.value + halfnote.value + rest.value).toBeCloseTo(report.total.machineJ.value, 9);
  });

  it('lists windows indented, inclusive and exclusive, with how they ended', () => {
    expect(row('In [2]').slice(1, 4)).toEqual(['82.1 s', '0.64 kJ (0.59–0.69)', '22.1 J']);
    expect(text).toMatch(/^\u00A0{6}train fp32/m);
    expect(text).toMatch(/^\u00A0{3}In \[3\], interrupted/m);
    expect(text).toMatch(/^\u00A0{3}In \[4\], still open/m);
    expect(text).toMatch(/^\u00A0{3}outside cells/m);
    expect(text).toMatch(/^\u00A0{3}background of In \[3\]/m);
  });

  it('names the grid, and what the year is or why it is not known', () => {
    const { intensity } = report;
    const year = { ...report, intensity: { ...intensity, year: 2024 } };
    expect(carbonBundle(year)['text/plain']).toMatch(
      /Grid: 44 gCO2e\/kWh \(31–57\) by source, FRA \(France\), average, 2024, .* Others: 31\.0 by /,
    );
    const none = { ...intensity, year: null, yearReason: 'given without one' };
    expect(carbonBundle({ ...report, intensity: none })['text/plain']).toContain(
      'year not known (given without one)',
    );
  });

  it('lists some forty windows of many, and has all of them in its data', () => {
    const windows = Array.from({ length: 300 }, (_, id) =>
      windowOf({
        ...{ id, parent: id === 0 ? null : 0, name: id === 0 ? 'session' : `In [${id}]` },
        accountsJ: { user: 300 - id, halfnote: 0, rest: 0 },
      }),
    );
    const bundle = carbonBundle(sampleReport(windows));
    expect(String(bundle['text/plain']).match(/^\W*In \[\d+\]/gm)).toHaveLength(40);
    expect(bundle['text/plain']).toContain('260 smaller windows are not listed');
    expect(bundle[MIME.carbon]).toMatchObject({ windows: { length: 299 } });
    expect(String(bundle['text/html']).match(/<tr>/g)?.length).toBeLessThan(70);
  });
});

describe('a carbon report as HTML', () => {
  it('has a bar of the accounts, which says in words what it shows', () => {
    expect(html).toMatch(/<img alt="Energy of the machine by account\. User&#39;s code: 0\.85 kJ/);
  });

  it('draws no bar of nothing, and no figure that is none', () => {
    const nothing = single({ accountsJ: { user: 0, halfnote: 0, rest: 0 }, durationS: 0 });
    const shown = carbonBundle(nothing);
    expect(String(shown['text/html'])).not.toContain('<img');
    expect(`${String(shown['text/html'])}${String(shown['text/plain'])}`).not.toMatch(
      /NaN|Infinity|undefined/,
    );
  });

  it('shows figures without bounds', () => {
    const endless = { ...figure(5), high: Infinity };
    const { total } = report;
    const shown = carbonBundle({ ...report, total: { ...total, energyJ: endless } });
    expect(String(shown['text/plain'])).not.toMatch(/undefined/);
  });
});

describe('the line below a cell', () => {
  it('is one line, of all that a reader needs', () => {
    const bundle = carbonLineBundle(single().total);
    expect(bundle['text/plain']).toBe('In [4]: 1.23 J (1.17–1.30), 162 µg CO2e, 800 ms, estimated');
    expect(Object.keys(bundle)).toEqual(['text/html', 'text/plain']);
    expect(String(bundle['text/html']).length).toBeLessThan(200);
  });

  it('says that the cell was interrupted, and what is missing', () => {
    const problems = ['The GPU could not be read'];
    expect(carbonLine(single({ status: 'interrupted', problems }).total)).toMatch(
      /, incomplete, interrupted$/,
    );
  });
});
