import type { Report } from '../../schema';
import type { ReportExportOptions } from '../export-options';
import { caveats, halfnoteVersion } from '../run-facts';
import { BYTES_PER_GB } from '../units';
import { accuracyOf } from './accuracy';

const UNKNOWN = 'unknown';
const BILLION = 1e9;

/** What ran, as far as the report knows it; stage and family are the user's to say. */
export function taskOf(report: Report, { taskStage, taskFamily }: ReportExportOptions) {
  const accuracy = accuracyOf(report);
  return {
    taskStage: taskStage ?? UNKNOWN,
    taskFamily: taskFamily ?? UNKNOWN,
    algorithms: algorithmsOf(report),
    dataset: datasetsOf(report),
    ...(accuracy === undefined ? {} : { measuredAccuracy: accuracy }),
    taskDescription: descriptionOf(report),
  };
}

/** Each model of a precision table in each of its formats; else what is known of the software. */
function algorithmsOf(report: Report) {
  const framework = frameworkOf(report);
  const compared = report.precisionTables.flatMap(({ table: { model, rows } }) =>
    rows.map(({ format }) => ({
      algorithmType: 'neural network',
      algorithmName: model.name,
      parametersNumber: model.parameters / BILLION,
      ...framework,
      quantization: format,
    })),
  );
  if (compared.length > 0) return compared;
  const models = report.identity.inputs.filter(({ kind }) => kind === 'model');
  if (models.length === 0) return [framework];
  return models.map(({ name }) => ({ algorithmName: name, ...framework }));
}

/** What computed, of which a report has the version only where it did. */
function frameworkOf(report: Report) {
  const { tensorflow, '@tensorflow/tfjs-backend-wasm': wasm } = report.identity.versions;
  if (tensorflow !== undefined) return { framework: 'TensorFlow', frameworkVersion: tensorflow };
  if (wasm !== undefined) return { framework: 'TensorFlow.js', frameworkVersion: wasm };
  return { framework: 'halfnote', frameworkVersion: halfnoteVersion(report) };
}

/** By the end of a file's name. BoAmps' list is longer; what isn't here is `other`. */
const DATA_FORMATS: Readonly<Record<string, string>> = {
  arrow: 'arrow',
  csv: 'csv',
  jpeg: 'jpeg',
  jpg: 'jpeg',
  json: 'json',
  mp3: 'mp3',
  parquet: 'parquet',
  png: 'png',
  txt: 'text',
  wav: 'wav',
  xml: 'xml',
  yaml: 'yaml',
  yml: 'yaml',
};

/** BoAmps asks for one at least: of a run without files it says no more than that there was input. */
function datasetsOf({ identity }: Report) {
  const data = identity.inputs.filter(({ kind }) => kind === 'data');
  if (data.length === 0) return [{ dataUsage: 'input', dataType: 'other' }];
  return data.map(({ name, sizeBytes }) => ({
    dataUsage: 'input',
    dataType: 'other',
    dataFormat: dataFormatOf(name),
    dataSize: sizeBytes / BYTES_PER_GB,
  }));
}

function dataFormatOf(name: string): string {
  const [, ending = ''] = /\.(\w+)(?:\.gz)?$/.exec(name.toLowerCase()) ?? [];
  return Object.hasOwn(DATA_FORMATS, ending) ? (DATA_FORMATS[ending] ?? 'other') : 'other';
}

function descriptionOf(report: Report): string {
  const { identity, trials } = report;
  const files = identity.inputs.map(({ kind, name, hash }) => `${kind} ${name} (${hash})`);
  return [
    `Notebook ${identity.notebook.name} (${identity.notebook.hash}), mean of ${trials} runs.`,
    `Report ${identity.hash}.`,
    ...(files.length === 0 ? ['No files were recorded as read.'] : [`Read: ${files.join(', ')}.`]),
    ...caveats(report),
  ].join(' ');
}
