import { HalfnoteError } from '../../../errors';

const TIME = /^(date|time|hour|from|start)/i;
const INTENSITY = /co2|co₂|intensity|g(rams)?.?(\/|per).?kwh/i;
const LIFE_CYCLE = /life.?cycle|lca/i;

export interface Record {
  readonly time: string;
  readonly grams: string;
  readonly place: string;
}

/**
 * Rows of a table with headings, with commas, semicolons or tabs between. The columns are found by their
 * headings, also those of Electricity Maps' exports; of several intensities the one over the life cycle.
 * @throws HalfnoteError `invalid-hours` that lists the headings there are.
 */
export function csvRecords(text: string, name: string): Record[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const [heading = ''] = lines;
  const separator = [',', ';', '\t'].find((each) => heading.includes(each)) ?? ',';
  const headings = cells(heading, separator);
  const time = headings.findIndex((each) => TIME.test(each));
  const grams = intensityColumn(headings, time);
  if (time < 0 || grams === undefined) {
    throw new HalfnoteError(
      'invalid-hours',
      `${name} has ${time < 0 ? 'no column of times' : 'not one column of intensities'}; its headings are ${headings.map((each) => `"${each}"`).join(', ')}.`,
      'Two columns are needed: one whose heading begins with time, datetime, hour, from or start, and one named gramsPerKWh or carbon intensity.',
    );
  }
  return lines.slice(1).flatMap((line, i) => {
    if (line.trim() === '') return [];
    const row = cells(line, separator);
    return [{ time: row[time] ?? '', grams: row[grams] ?? '', place: `${name}, line ${i + 2}` }];
  });
}

function intensityColumn(headings: readonly string[], time: number): number | undefined {
  const found = headings.flatMap((each, i) => (i !== time && INTENSITY.test(each) ? [i] : []));
  if (found.length === 1) return found[0];
  const whole = found.filter((i) => LIFE_CYCLE.test(headings[i] ?? ''));
  return whole.length === 1 ? whole[0] : undefined;
}

/** Quotes may stand around a cell, and twice within one. */
function cells(line: string, separator: string): string[] {
  const found = line.match(
    new RegExp(`(?:^|${separator})(?:"(?:[^"]|"")*"|[^${separator}]*)`, 'g'),
  );
  return (found ?? []).map((cell, i) => {
    const text = (i === 0 ? cell : cell.slice(1)).trim();
    return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
  });
}
