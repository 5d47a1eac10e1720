import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { beforeEach, describe, expect, it } from 'vitest';
import { failedReport, richReport } from '../report/export/report.fixture';
import { seal } from '../report/identity/seal';
import type { Report } from '../report/schema';
import { derived } from '../report/verify/derived';
import { addExport } from './export';

let folder = '';
let report = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfnote-'));
  report = join(folder, 'train.report.json');
  writeFileSync(report, JSON.stringify(written(richReport())));
});

/** As a run writes it: what follows from samples and settings does, and hashes hold. */
function written(report: Report): Report {
  return seal({ ...report, ...derived(report) });
}

async function halfnoteExport(...args: string[]): Promise<string[]> {
  const printed: string[] = [];
  const program = new Command('halfnote').exitOverride().configureOutput({ writeErr: () => {} });
  addExport(program, (text) => printed.push(text));
  await program.parseAsync(['export', ...args], { from: 'user' });
  return printed;
}

describe('halfnote export', () => {
  it('writes beside the report, and says what', async () => {
    const made = join(folder, 'train.codecarbon');
    expect(await halfnoteExport(report, '--to', 'codecarbon')).toEqual([
      `Wrote ${join(made, 'emissions.csv')}`,
      `Wrote ${join(made, 'emissions.halfnote.json')}`,
    ]);
    expect(readdirSync(made)).toEqual(['emissions.csv', 'emissions.halfnote.json']);
  });

  it('passes options on, and notes what is wrong with the run', async () => {
    writeFileSync(report, JSON.stringify(written(failedReport())));
    const printed = await halfnoteExport(report, '--to', 'boamps', '--task-stage', 'training');
    expect(printed[0]).toBe('Note: The run failed in cell 1 with TypeError: figures end there.');
    const text = readFileSync(join(folder, 'train.boamps', 'boamps.json'), 'utf8');
    expect(text).toContain('"taskStage": "training"');
  });

  it('leaves a file that is there alone, and the others unwritten, unless it is forced', async () => {
    const output = join(folder, 'out');
    await halfnoteExport(report, '--to', 'codecarbon', '-o', output);
    await halfnoteExport(report, '--to', 'codecarbon', '-o', output);
    const sidecar = join(output, 'emissions.halfnote.json');
    writeFileSync(sidecar, 'mine');
    const csv = join(output, 'emissions.csv');
    writeFileSync(csv, readFileSync(csv, 'utf8'));
    await expect(halfnoteExport(report, '--to', 'codecarbon', '-o', output)).rejects.toThrow(
      `${sidecar} is there already, with other content. Nothing was written.`,
    );
    expect(readFileSync(sidecar, 'utf8')).toBe('mine');
    await halfnoteExport(report, '--to', 'codecarbon', '-o', output, '--force');
    expect(readFileSync(sidecar, 'utf8')).toContain('halfnote-export-sidecar/1');
  });

  it('says what is wrong with the file, the format or the folder', async () => {
    await expect(halfnoteExport('/nowhere.json', '--to', 'boamps')).rejects.toThrow(
      "Can't read /nowhere.json: ENOENT",
    );
    await expect(halfnoteExport(report, '--to', 'csv')).rejects.toThrow(
      "Unknown report format 'csv'. Allowed: codecarbon",
    );
    await expect(halfnoteExport(report, '--to', 'boamps', '-o', '/dev/null/x')).rejects.toThrow(
      "Can't write /dev/null/x/boamps.json: a part of its path is a file.\nName a folder",
    );
    writeFileSync(report, '{"schema": ');
    await expect(halfnoteExport(report, '--to', 'boamps')).rejects.toThrow('it is no JSON');
    const altered = { ...seal(richReport()), trials: 30 };
    writeFileSync(report, JSON.stringify(altered));
    await expect(halfnoteExport(report, '--to', 'boamps')).rejects.toThrow(
      `${report} is not what was written: trials`,
    );
    await expect(halfnoteExport(report)).rejects.toThrow("required option '--to <format>'");
    expect(existsSync(join(folder, 'train.boamps'))).toBe(false);
  });
});
