import { dirname, relative, resolve } from 'node:path';
import { HalfnoteError } from '../../errors';
import { printQuantity } from '../../quantities/print';
import type { Quantity } from '../../quantities/quantity';
import { cellTitle } from '../../report/cell-name';
import { reportHtml } from '../../report/page/html';
import type { Report } from '../../report/schema';
import type { Terminal } from '../run/progress';
import { reportFiles } from './files';
import { chromiumFor } from './pdf';
import { runReport } from './run-report';
import type { RunSettings } from './settings';
import { writeReport } from './write-report';

export interface MakeReportOptions extends RunSettings {
  readonly trials: number;
  /** Default: the notebook's folder. */
  readonly output: string | undefined;
  /** Default: where a Chromium is found. */
  readonly pdf: boolean | undefined;
}

/**
 * Runs a notebook and writes its report: JSON, HTML, and PDF where it can be printed.
 * @throws HalfnoteError `cell-failed` after a partial report was written; `not-writable`, `no-chromium` and
 *   errors of the notebook and the settings before anything runs.
 */
export async function makeReportFiles(
  notebook: string,
  options: MakeReportOptions,
  print: (text: string) => void,
  terminal: Terminal = process.stderr,
): Promise<Report> {
  const path = resolve(notebook);
  const files = reportFiles(path, resolve(options.output ?? dirname(path)));
  const chromium = chromiumFor(options.pdf);
  const from = relative(files.folder, path).replaceAll('\\', '/');
  const report = await runReport(path, { ...options, from }, terminal);
  print(summaryOf(report));
  await writeReport(files, report, reportHtml, { chromium, print });
  const { failure } = report;
  if (failure === null) return report;
  throw new HalfnoteError(
    'cell-failed',
    `${cellTitle(failure.cell)} failed: ${failure.name}: ${failure.message}`,
    `${files.json} holds what was measured until then, and is marked failed.`,
  );
}

/** What a run came to, in a few lines. */
export function summaryOf({ energy, carbon, verdict }: Report): string {
  const { user } = energy.accountsJ;
  const lines = [
    `The notebook's code: ${figure(user, 'J')}, ${figure(carbon.operationalG, 'g')} CO2e, ${howKnown(user)}`,
    `The whole machine: ${figure(energy.machineJ, 'J')}, ${howKnown(energy.machineJ)}`,
    verdict.valid ? 'VALID' : `INVALID because ${verdict.reasons.join('; ')}`,
    ...verdict.remarks,
  ];
  return lines.join('\n');
}

/** Whether it is complete stands behind its method. */
function figure(quantity: Quantity, unit: string): string {
  return printQuantity({ ...quantity, complete: true }, unit);
}

function howKnown({ method, complete }: Quantity): string {
  return complete ? method : `${method}, incomplete`;
}
