import { fromTable, HalfnoteError } from '../../errors';
import { report as reportSchema, REPORT_SCHEMA } from '../schema';
import type { Report } from '../schema';
import { boampsFiles } from './boamps/boamps';
import { codecarbonFiles } from './codecarbon/codecarbon';
import type { ReportExportOptions } from './export-options';
import type { ExportedFile } from './exported-file';
import { impactFrameworkFiles } from './impact-framework/manifest';
import { prometheusFiles } from './prometheus/prometheus';
import { roCrateFiles } from './ro-crate/crate';

export const REPORT_EXPORTS = {
  codecarbon: {
    writes: "CodeCarbon's emissions.csv (3.3.2), with a sidecar",
    files: codecarbonFiles,
  },
  boamps: { writes: 'BoAmps JSON, with a sidecar', files: boampsFiles },
  'impact-framework': { writes: 'a manifest for if-run 1.1', files: impactFrameworkFiles },
  prometheus: { writes: "Prometheus' text format", files: prometheusFiles },
  'ro-crate': { writes: 'an RO-Crate 1.1 with the report in it', files: roCrateFiles },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly writes: string;
      readonly files: (report: Report, options: ReportExportOptions) => ExportedFile[];
    }
  >
>;

export type ReportExportFormat = keyof typeof REPORT_EXPORTS;

/**
 * A report in another tool's format, as the texts of files; units are the format's (kWh, kg, W, s), each
 * rounded once. What a format can't hold, intervals above all, goes into a sidecar or into its own
 * extensions.
 * @param report As `JSON.parse` gives it; it is checked.
 * @throws HalfnoteError `unknown-report-format`; `invalid-report` when it isn't a report of this version;
 * `invalid-argument` for an option.
 */
export function exportReport(
  report: Report,
  format: ReportExportFormat,
  options: ReportExportOptions = {},
): readonly ExportedFile[] {
  const { files } = fromTable(REPORT_EXPORTS, format, 'report format');
  return files(checked(report), options);
}

function checked(report: Report): Report {
  const { success, data, error } = reportSchema.safeParse(report);
  if (success) return data;
  const [issue] = error.issues;
  const place = issue?.path.join('.') ?? '';
  throw new HalfnoteError(
    'invalid-report',
    `This is no report of ${REPORT_SCHEMA}: ${place === '' ? 'it' : place}: ${issue?.message ?? ''}.`,
    'Take a file that `halfnote report` has written, unaltered.',
  );
}
