import type { Report } from '../../schema';
import type { ReportExportOptions } from '../export-options';
import { jsonFile } from '../exported-file';
import type { ExportedFile } from '../exported-file';
import { uuidOf } from '../identifiers';
import { sidecarOf } from '../sidecar';
import { environmentOf, infrastructureOf } from './infrastructure';
import { measureOf, qualityOf } from './measure';
import { taskOf } from './task';
import { dateTimeOf } from './date-time';

/** A report in BoAmps' format, and beside it the intervals and methods that it has no fields for. */
export function boampsFiles(report: Report, options: ReportExportOptions): ExportedFile[] {
  const { identity, hardware } = report;
  const typescript = identity.versions['typescript'];
  const quality = qualityOf(report.energy.accountsJ.user);
  const content = {
    header: {
      formatVersionSpecificationUri: SPECIFICATION,
      reportId: uuidOf(identity.hash),
      reportDatetime: dateTimeOf(identity.createdAt),
      reportStatus: report.status === 'complete' && report.verdict.valid ? 'final' : 'draft',
    },
    task: taskOf(report, options),
    measures: [measureOf(report)],
    system: { os: hardware.os },
    software: {
      language: 'TypeScript',
      ...(typescript === undefined ? {} : { version: typescript }),
    },
    infrastructure: infrastructureOf(report, options),
    environment: environmentOf(report),
    ...(quality === undefined ? {} : { quality }),
  };
  return [
    jsonFile('boamps.json', content),
    sidecarOf('boamps.json', report, {
      boundary: "powerConsumption: the user's code, without the PUE, in kWh despite its name",
    }),
  ];
}

const SPECIFICATION = 'https://github.com/Boavizta/BoAmps/tree/main/model';
