import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { InfrastructureType } from '../report/export/export-options';
import type { ReportExportFormat } from '../report/export/export-report';

interface ExportFlags {
  readonly to: string;
  readonly output?: string;
  readonly force?: true;
  readonly taskStage?: string;
  readonly taskFamily?: string;
  readonly infrastructure?: string;
  readonly licence?: string;
}

/** Adds `halfnote export`. `print` takes what it says on stdout. */
export function addExport(program: Command, print: (text: string) => void): void {
  program
    .command('export')
    .description("write a report in another tool's format")
    .argument('<report>', 'the JSON file that `halfnote report` wrote')
    .requiredOption('--to <format>', 'codecarbon, boamps, impact-framework, prometheus or ro-crate')
    .option('-o, --output <folder>', 'write there, instead of in a folder beside the report')
    .option('--force', 'replace files that are there already')
    .option('--task-stage <text>', 'boamps: "training", "inference", ...')
    .option('--task-family <text>', 'boamps: "image classification", "text generation", ...')
    .option(
      '--infrastructure <type>',
      'boamps: publicCloud, privateCloud, onPremise or other (the default)',
    )
    .option('--licence <text>', 'ro-crate: the licence of the report, best as an address')
    .addHelpText('after', HELP)
    .action(async (path: string, flags: ExportFlags) => {
      const { exportReport, readIntactReport, writeExport, caveats } = await load();
      const report = readIntactReport(path);
      // Any word; `exportReport` checks it.
      const format = flags.to as ReportExportFormat;
      const files = exportReport(report, format, optionsOf(flags));
      const folder = flags.output ?? join(dirname(path), `${stem(path)}.${format}`);
      const written = await writeExport(folder, files, { force: flags.force === true });
      for (const caveat of caveats(report)) print(`Note: ${caveat}`);
      for (const file of written) print(`Wrote ${file}`);
    });
}

async function load() {
  const [made, read, write, facts] = await Promise.all([
    import('../report/export/export-report.js'),
    import('../report/read-report.js'),
    import('./export-files.js'),
    import('../report/export/run-facts.js'),
  ]);
  return { ...made, ...read, ...write, ...facts };
}

/** What isn't given isn't there. */
function optionsOf({ taskStage, taskFamily, infrastructure, licence }: ExportFlags) {
  return {
    ...(taskStage === undefined ? {} : { taskStage }),
    ...(taskFamily === undefined ? {} : { taskFamily }),
    ...(infrastructure === undefined
      ? {}
      : { infrastructure: infrastructure as InfrastructureType }),
    ...(licence === undefined ? {} : { licence }),
  };
}

/** `train.report.json` to `train`. */
function stem(path: string): string {
  return basename(path).replace(/(\.report)?\.json$/, '');
}

const HELP = `
Figures are in the format's units. Intervals, methods and the source of the intensity go into a sidecar
(*.halfnote.json) where the format has no place for them.

  halfnote export train.report.json --to codecarbon     train.codecarbon/emissions.csv
  halfnote export train.report.json --to boamps --task-stage training --task-family "image classification"`;
