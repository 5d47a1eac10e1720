import { describe, expect, it } from 'vitest';
import { exportReport } from './export-report';
import { emptyReport, failedReport, hugeReport, REPORTS, richReport } from './report.fixture';
import { quantityOf } from './report-parts.fixture';
import { report as schema } from '../schema';
import type { Report } from '../schema';

/** The text of one file of an export; the whole formats are judged by their own tools in test/report-exports. */
function text(...[report, format, options]: Parameters<typeof exportReport>): string {
  return exportReport(report, format, options)[0]?.text ?? '';
}

interface BoAmps {
  readonly header: { readonly reportStatus: string };
  readonly task: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, unknown>>;
  readonly infrastructure: { readonly infraType: string };
  readonly quality?: string;
}

function boamps(...[report, options]: [Report, Parameters<typeof exportReport>[2]?]): BoAmps {
  return JSON.parse(text(report, 'boamps', options)) as BoAmps;
}

describe('a report in the format of another tool', () => {
  it('is made of reports as the schema has them', () => {
    for (const make of Object.values(REPORTS)) expect(schema.parse(make())).toEqual(make());
  });

  it('is the same each time', () => {
    expect(text(richReport(), 'codecarbon')).toBe(text(richReport(), 'codecarbon'));
  });

  it('keeps intervals, methods and the source of the intensity beside emissions.csv', () => {
    const [, sidecar] = exportReport(richReport(), 'codecarbon');
    expect(sidecar?.name).toBe('emissions.halfnote.json');
    const { intensity, figures, verdict, leftEmpty } = JSON.parse(sidecar?.text ?? '') as {
      readonly intensity: unknown;
      readonly figures: Readonly<Record<string, unknown>>;
      readonly verdict: unknown;
      readonly leftEmpty: Readonly<Record<string, string>>;
    };
    const { carbon, energy } = richReport();
    expect(intensity).toEqual(carbon.intensity);
    expect(figures['energy.accountsJ.user']).toEqual(energy.accountsJ.user);
    expect(figures['energy.devices']).toEqual(energy.devices);
    expect(verdict).toEqual({ valid: true, reasons: [], remarks: [] });
    expect(leftEmpty['python_version']).toBe('no Python ran');
    expect(leftEmpty).not.toHaveProperty('wue');
  });

  it('names the country of a code or a zone, and none of what is no country', () => {
    const regions = [richReport(), hugeReport(), failedReport(), emptyReport()].map(
      (report) => boamps(report).environment,
    );
    expect(regions.map(({ country }) => country)).toEqual([
      'France',
      'United States of America',
      'unknown (intensity of WORLD)',
      'unknown (intensity of given)',
    ]);
    expect(regions[0]).not.toHaveProperty('location');
    expect(regions[1]?.['location']).toBe('US-CA (California)');
    expect(text(hugeReport(), 'codecarbon')).toContain(',United States of America,USA,US-CA,');
    expect(text(failedReport(), 'codecarbon')).toContain(',,,WORLD,');
  });

  it('says of a failed, invalid, incomplete run that it is one', () => {
    const words = [
      'The run failed in cell 1 with TypeError',
      'INVALID because load of others',
      'incomplete',
    ];
    const report = failedReport();
    for (const word of words) {
      expect(boamps(report).task['taskDescription']).toContain(word);
      expect(text(report, 'impact-framework')).toContain(word);
      expect(text(report, 'ro-crate')).toContain(word);
    }
    expect(boamps(report).header.reportStatus).toBe('draft');
    expect(boamps(richReport()).header.reportStatus).toBe('final');
    expect(text(report, 'prometheus')).toContain('status="failed",valid="false"');
    expect(text(report, 'ro-crate')).toContain('FailedActionStatus');
  });

  it('counts cells from 1 in all that people read', () => {
    const report = richReport();
    const [first] = report.energy.cells;
    const [result] = report.results;
    if (!first || !result) throw new Error('the fixture has neither');
    expect(text(report, 'prometheus')).toContain(`cell="${first.index + 1}"`);
    const lowest = Math.min(...report.energy.cells.map(({ index }) => index));
    expect(text(report, 'prometheus')).not.toContain(`cell="${lowest}"`);
    expect(text(report, 'ro-crate')).toContain(`${result.name} (cell ${result.cell + 1})`);
  });

  it("rates the quality by BoAmps' words, and doesn't where none fits", () => {
    const withError = (error: number, complete = true): Report => {
      const report = richReport();
      const user = quantityOf(100, { error, complete });
      const accountsJ = { ...report.energy.accountsJ, user };
      return { ...report, energy: { ...report.energy, accountsJ } };
    };
    const errors = [0.05, 0.25, 0.5, 0.51];
    expect(errors.map((error) => boamps(withError(error)).quality)).toEqual([
      'high',
      'medium',
      'low',
      undefined,
    ]);
    expect(boamps(withError(0.05, false)).quality).toBeUndefined();
  });

  it('takes from the user what a report cannot know', () => {
    const options = { taskStage: 'training', infrastructure: 'onPremise' } as const;
    const { task, infrastructure } = boamps(richReport(), options);
    expect(task['taskStage']).toBe('training');
    expect(task['taskFamily']).toBe('unknown');
    expect(infrastructure.infraType).toBe('onPremise');
    const licence = 'https://creativecommons.org/licenses/by/4.0/';
    expect(text(richReport(), 'ro-crate', { licence })).toContain(`"@id": "${licence}"`);
    expect(text(richReport(), 'ro-crate')).toContain('No licence is stated');
  });

  it('gives no two entities of a crate the same id, and refers to none that is not there', () => {
    for (const make of Object.values(REPORTS)) {
      const crate = JSON.parse(text(make(), 'ro-crate')) as { '@graph': Record<string, unknown>[] };
      const ids = crate['@graph'].map((entity) => entity['@id']);
      expect(new Set(ids).size).toBe(ids.length);
      const [, ...rest] = crate['@graph'];
      const referred = rest.flatMap((entity) =>
        Object.values(entity)
          .flat()
          .flatMap((value) => (value as { '@id'?: string } | null)?.['@id'] ?? []),
      );
      for (const id of referred) expect(ids).toContain(id);
    }
  });

  it('refuses an unknown format, infrastructure and what is no report, and says what is allowed', () => {
    expect(() => exportReport(richReport(), 'codecarbn' as 'codecarbon')).toThrow(
      "Unknown report format 'codecarbn'. Allowed: codecarbon, boamps, impact-framework, prometheus, ro-crate.\nDid you mean 'codecarbon'?",
    );
    expect(() => boamps(richReport(), { infrastructure: 'cellar' as 'other' })).toThrow(
      "Unknown infrastructure 'cellar'. Allowed: publicCloud, privateCloud, onPremise, other.",
    );
    const other = { ...richReport(), schema: 'halfnote-report/2' } as unknown as Report;
    expect(() => exportReport(other, 'boamps')).toThrow(
      'This is no report of halfnote-report/1: schema: ',
    );
    expect(() => exportReport(null as unknown as Report, 'boamps')).toThrow('This is no report of');
  });
});
