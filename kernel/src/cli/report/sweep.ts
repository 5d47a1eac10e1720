import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { sha256 } from '../../hashing/canonical';
import { printQuantity } from '../../quantities/print';
import { carbonModel } from '../../report/make/carbon';
import type { CarbonSettings } from '../../report/make/carbon-settings';
import { compareGroups } from '../../sweep/compare';
import { SweepFolder } from '../../sweep/folder';
import { sweepReportHtml } from '../../sweep/report/html';
import { sweepReport, type SweepReport } from '../../sweep/report/sweep-report';
import { rowsOf } from '../sweep/table';
import { reportFiles } from './files';
import { chromiumFor } from './pdf';
import { writeReport } from './write-report';

export interface SweepReportOptions {
  /** Default: the sweep's folder. */
  readonly output: string | undefined;
  /** Default: where a Chromium is found. */
  readonly pdf: boolean | undefined;
  readonly carbon: CarbonSettings;
}

/**
 * Joins the points of a sweep in one report: JSON, HTML, and PDF where it can be printed. Runs nothing.
 * @throws HalfnoteError `no-sweep`, `not-writable`, `no-chromium`, and for an unknown region.
 */
export async function makeSweepReport(
  folder: string,
  options: SweepReportOptions,
  print: (text: string) => void,
): Promise<SweepReport> {
  const carbon = carbonModel(options.carbon);
  const sweep = SweepFolder.open(folder);
  const chromium = chromiumFor(options.pdf);
  const rows = rowsOf(sweep);
  const files = new Map(
    sweep.points.map((point) => [
      point.key,
      [sweep.fileOf(point), sweep.fileOf(point, 'failed')].find((path) => existsSync(path)),
    ]),
  );
  const report = sweepReport({
    createdAt: new Date().toISOString(),
    plan: sweep.plan,
    rows,
    comparison: compareGroups(rows),
    carbon,
    hashOfPoint: ({ key }) => {
      const path = files.get(key);
      return path === undefined ? null : sha256(readFileSync(path, 'utf8'));
    },
  });
  const out = reportFiles('sweep', resolve(options.output ?? sweep.path));
  print(summaryOf(report));
  await writeReport(out, report, sweepReportHtml, { chromium, print });
  return report;
}

function summaryOf({ energy, carbon, verdict }: SweepReport): string {
  const { energyJ, points } = energy;
  return [
    `The notebook's code in ${points} points: ${printQuantity(energyJ, 'J')}, ${printQuantity(carbon.operationalG, 'g')} CO2e, ${energyJ.method}`,
    verdict.valid ? 'VALID' : `INVALID because ${verdict.reasons.join('; ')}`,
    ...verdict.remarks,
  ].join('\n');
}
