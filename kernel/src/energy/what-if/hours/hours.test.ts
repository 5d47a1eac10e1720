import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHours } from './read';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hours-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const NOON = Date.UTC(2026, 2, 1, 12) / 1000;

describe('readHours', () => {
  it('takes a plain CSV, with offsets of zones, in any order', () => {
    const hours = readHours(
      file('a.csv', 'time,gramsPerKWh\n2026-03-01T14:00+01:00,30\n2026-03-01 12:00,20\n'),
    );
    expect(hours.length).toBe(2);
    expect(hours.stepS).toBe(3600);
    expect(hours.meanFrom(NOON, 7200)).toBe(25);
    expect(hours.meanFrom(NOON, 5400)).toBeCloseTo((20 * 3600 + 30 * 1800) / 5400, 9);
  });

  it('takes an export of Electricity Maps, life cycle included, and counts hours without a figure', () => {
    const hours = readHours(
      file(
        'b.csv',
        '\uFEFF"Datetime (UTC)","Zone name","Carbon intensity gCO₂eq/kWh (direct)","Carbon intensity gCO₂eq/kWh (Life cycle)"\r\n' +
          '2026-03-01 12:00:00,"France, ""métropole""",10,21.5\r\n2026-03-01 13:00:00,France,12,\r\n',
      ),
    );
    expect(hours.meanFrom(NOON, 0)).toBe(21.5);
    expect(hours.missing).toBe(1);
  });

  it('takes semicolons and decimal commas', () => {
    const hours = readHours(file('c.csv', 'Stunde;hour;CO2 g/kWh\nx;00:00;12,5\nx;01:00;13\n'));
    expect(hours.meanFrom(0, 7200)).toBeCloseTo(12.75, 9);
  });

  it.each([
    ['a list', [{ datetime: '2026-03-01T12:00:00.000Z', carbonIntensity: 42 }]],
    [
      'an answer with history',
      { zone: 'FR', history: [{ datetime: '2026-03-01T12:00Z', carbonIntensity: 42 }] },
    ],
    [
      'an answer with nested figures',
      { data: [{ from: '2026-03-01T12:00Z', intensity: { actual: 42, forecast: 40 } }] },
    ],
  ])('takes JSON: %s', (_, json) => {
    expect(readHours(file('d.json', JSON.stringify(json))).meanFrom(NOON, 60)).toBe(42);
  });

  it('goes round the day where hours of the day are known, for as long as the run takes', () => {
    const hours = readHours(
      [...Array(24).keys()].map((time) => ({ time, gramsPerKWh: time * 10 })),
    );
    expect(hours.meanFrom(23 * 3600, 7200)).toBeCloseTo((230 + 0) / 2, 9);
    expect(hours.meanFrom(0, 24 * 3600)).toBeCloseTo(115, 3);
    expect(hours.meanFrom(0, 49 * 3600)).toBeCloseTo((115 * 48 + 0) / 49, 3);
    expect(hours.starts(3600)[0]).toEqual({ atS: 0, gramsPerKWh: 0 });
  });

  it('begins the day with what holds since the evening before', () => {
    const hours = readHours([
      { time: '08:00', gramsPerKWh: 100 },
      { time: '20:00', gramsPerKWh: 200 },
    ]);
    expect(hours.meanFrom(6 * 3600, 3600)).toBe(200);
    expect(hours.meanFrom(7 * 3600, 7200)).toBe(150);
  });

  it('leaves out starts for which a run is not covered, also across a gap', () => {
    const hours = readHours(
      ['00:00', '01:00', '02:00', '05:00', '06:00'].map((clock, i) => ({
        time: `2026-03-01T${clock}Z`,
        gramsPerKWh: 100 - i,
      })),
    );
    expect(hours.starts(7200).map(({ atS }) => hours.timeOf(atS))).toEqual([
      '2026-03-01T05:00Z',
      '2026-03-01T01:00Z',
      '2026-03-01T00:00Z',
    ]);
  });

  it.each([
    ['time,price\n1,2\n', /headings are "time", "price"/],
    ['a,gramsPerKWh\n1,2\n', /no column of times/],
    ['time,co2 direct,co2 indirect\n1,2,3\n', /not one column of intensities/],
    ['time,intensity\n25,2\n', /line 2: '25' is no time/],
    ['time,intensity\n2026-13-01,2\n', /'2026-13-01' is no time/],
    ['time,intensity\n2026-02-30,2\n', /'2026-02-30' is no time/],
    ['time,intensity\n1,much\n', /line 2: the intensity is 'much'/],
    ['time,intensity\n1,-4\n', /line 2: the intensity is -4; it must be a number from 0 to 3000/],
    ['time,intensity\n1,2\n01:00,3\n', /two figures for 01:00/],
    ['time,intensity\n1,2\n2026-01-01,3\n', /both dates and hours/],
    ['time,intensity\n', /no hour with a figure/],
    ['', /no column of times/],
    ['{"zone": 1}', /holds no list/],
    ['[{"time": 1}]', /entry 1 has no intensity/],
    ['[{"time": 1, "value": true}]', /entry 1: the intensity is true/],
    ['[', /is no JSON/],
  ])('refuses %j and says where it is wrong', (text, message) => {
    expect(() => readHours(file('wrong.csv', text))).toThrow(message);
  });

  it('refuses a file that is not there, or no file at all', () => {
    expect(() => readHours(join(folder, 'none.csv'))).toThrow(
      expect.objectContaining({ code: 'cannot-read' }),
    );
    expect(() => readHours(3 as never)).toThrow(/neither the path/);
    expect(() => readHours([null as never])).toThrow(/entry 1: undefined is no time/);
  });
});
