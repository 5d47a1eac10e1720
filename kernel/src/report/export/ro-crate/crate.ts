import { uuidOf } from '../identifiers';
import type { Report } from '../../schema';
import type { ReportExportOptions } from '../export-options';
import { jsonFile } from '../exported-file';
import type { ExportedFile } from '../exported-file';
import { baseName, caveats } from '../run-facts';
import { figuresOf } from './figures';
import { compact, refer } from './json-ld';
import type { Entity } from './json-ld';
import { runOf } from './run';

/**
 * A crate of two files: the report, and its description as an RO-Crate 1.1 that conforms to Process Run
 * Crate 0.5: what ran, on what, with which software, and the figures with their intervals.
 */
export function roCrateFiles(report: Report, options: ReportExportOptions): ExportedFile[] {
  const file = jsonFile(`${baseName(report.identity.notebook.name)}.report.json`, report);
  const reportFile: Entity = {
    '@id': encodeURIComponent(file.name),
    '@type': 'File',
    name: file.name,
    description: 'The report: every figure with its interval and method, and the raw samples',
    encodingFormat: 'application/json',
    contentSize: String(Buffer.byteLength(file.text)),
    identifier: report.identity.hash,
  };
  const figures = figuresOf(report);
  const licence = licenceOf(options.licence);
  const { action, others } = runOf(report, reportFile);
  const root: Entity = {
    '@id': './',
    '@type': 'Dataset',
    name: `Efficiency report of ${baseName(report.identity.notebook.name)}`,
    description: descriptionOf(report),
    datePublished: report.identity.createdAt,
    identifier: `urn:uuid:${uuidOf(report.identity.hash)}`,
    conformsTo: refer(PROCESS_PROFILE),
    hasPart: refer(reportFile),
    mentions: refer(action),
    ...compact('variableMeasured', figures.map(refer)),
    license: refer(licence),
  };
  const entities = [PROCESS_PROFILE, licence, reportFile, action, ...others, ...figures];
  return [
    jsonFile('ro-crate-metadata.json', {
      '@context': 'https://w3id.org/ro/crate/1.1/context',
      '@graph': [DESCRIPTOR, root, ...entities],
    }),
    file,
  ];
}

const DESCRIPTOR: Entity = {
  '@id': 'ro-crate-metadata.json',
  '@type': 'CreativeWork',
  about: { '@id': './' },
  conformsTo: { '@id': 'https://w3id.org/ro/crate/1.1' },
};

const PROCESS_PROFILE: Entity = {
  '@id': 'https://w3id.org/ro/wfrun/process/0.5',
  '@type': 'CreativeWork',
  name: 'Process Run Crate',
  version: '0.5',
};

function descriptionOf(report: Report): string {
  const { notebook } = report.identity;
  return [
    `Energy and CO2e of the notebook ${notebook.name}, mean of ${report.trials} runs.`,
    ...caveats(report),
  ].join(' ');
}

/** A crate has to have one, and a report has none unless the user says which. */
function licenceOf(licence: string | undefined): Entity {
  const isAddress = licence !== undefined && /^https?:\/\/\S+$/.test(licence);
  return {
    '@id': isAddress ? licence : '#licence',
    '@type': 'CreativeWork',
    name: licence ?? 'No licence is stated',
    description:
      licence === undefined
        ? 'Whoever made the report has to say under which terms it may be used'
        : 'The terms under which the report may be used',
  };
}
