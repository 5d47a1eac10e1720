import type { Report } from '../schema';
import { jsonFile } from './exported-file';
import type { ExportedFile } from './exported-file';
import { caveats } from './run-facts';

/** What a sidecar is, for programs. */
export const SIDECAR_SCHEMA = 'halfnote-export-sidecar/1';

/**
 * What a format has no place for, as JSON beside the file: each figure with its interval and method, the
 * intensity with its source, the verdict. Quantities are as in the report: SI, in joules and grams.
 * @param about What is particular to the format.
 */
export function sidecarOf(
  file: string,
  report: Report,
  about: Readonly<Record<string, unknown>>,
): ExportedFile {
  const { identity, energy, carbon } = report;
  return jsonFile(`${file.replace(/\.[^.]*$/, '')}.halfnote.json`, {
    schema: SIDECAR_SCHEMA,
    file,
    report: { schema: report.schema, hash: identity.hash, createdAt: identity.createdAt },
    status: report.status,
    failure: report.failure,
    verdict: report.verdict,
    caveats: caveats(report),
    trials: report.trials,
    reportBoundary: report.boundary,
    ...about,
    intensity: carbon.intensity,
    figures: {
      'energy.durationS': energy.durationS,
      'energy.machineJ': energy.machineJ,
      'energy.accountsJ.user': energy.accountsJ.user,
      'energy.accountsJ.halfnote': energy.accountsJ.halfnote,
      'energy.accountsJ.rest': energy.accountsJ.rest,
      'energy.devices': energy.devices,
      'carbon.operationalG': carbon.operationalG,
      'carbon.embodiedG': carbon.embodiedG,
      'carbon.waterL': carbon.waterL,
    },
  });
}
