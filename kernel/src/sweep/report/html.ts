import { counted } from '../../display/words';
import { escapeHtml } from '../../display/text';
import { significant } from '../../display/units';
import { printQuantity } from '../../quantities/print';
import { reportDocument, verdictBox } from '../../report/page/document';
import {
  grams,
  joules,
  left,
  list,
  paragraph,
  section,
  shortHash,
  table,
} from '../../report/page/parts';
import { comparisonNotes, comparisonRows, differenceRows } from '../comparison-text';
import { axisText, valueText } from '../plan';
import { namesOf } from '../table';
import type { ReportedPoint, SweepReport } from './sweep-report';

/** The joined report of a sweep as a page. */
export function sweepReportHtml(report: SweepReport): string {
  const { plan, comparison } = report;
  const differences = differenceRows(comparison);
  const title = `Sweep of ${plan.notebook.split('/').at(-1) ?? ''}`;
  return reportDocument(
    title,
    `<h1>${escapeHtml(title)}</h1>
<p class="sub">Energy, carbon and results of all its points, with what is needed to repeat them</p>
${paragraph(whatRan(report))}
${verdict(report)}
${totals(report)}
${section('Comparison', textTable(comparisonRows(comparison)), ...comparisonNotes(comparison).map(paragraph))}
${section('Differences from the first row, pair by pair', textTable(differences))}
${section('Points', pointsTable(report.points))}
${section(
  'Identity',
  table(
    ['Item', left('Value')],
    [
      ['Report', report.hash],
      ['Notebook, by its cells', plan.sources],
      ['Hosts', report.hosts.join(', ') || 'none'],
    ],
  ),
  table(['Package', left('Version')], Object.entries(plan.versions)),
)}
<p class="foot">Made by Halfnote ${escapeHtml(plan.versions['halfnote'] ?? '')} from the notebooks of the sweep's points. <code>sweep.report.json</code> holds every figure with its parts.</p>`,
  );
}

function whatRan({ plan, points, hosts, energy, createdAt, carbon }: SweepReport): string {
  const finished = points.filter(({ state }) => state === 'finished').length;
  return (
    `${plan.parameters.map(axisText).join(' ')}: ${finished} of ${counted(points.length, 'point')} finished, on ${counted(hosts.length, 'machine')}, ` +
    `${secondsText(energy.cellsS)} in cells; ${createdAt.slice(0, 16).replace('T', ' ')} UTC. ` +
    `Carbon by ${printQuantity(carbon.intensity.gramsPerKWh, 'g/kWh', { prefix: false })} of ${carbon.intensity.region}.`
  );
}

function verdict({ verdict: { valid, reasons, remarks } }: SweepReport): string {
  const said = [
    ...(valid ? ['All points have finished, and were measured.'] : []),
    ...reasons,
    ...remarks,
  ];
  return verdictBox(valid, valid ? 'VALID' : 'INVALID', list(said));
}

function totals({ energy, carbon }: SweepReport): string {
  const { energyJ, points } = energy;
  return table(
    ['All points together', 'Figure', left('Method')],
    [
      [
        `Energy of the notebook's code, of ${counted(points, 'point')}`,
        joules(energyJ),
        energyJ.method,
      ],
      ['CO2e, operational', grams(carbon.operationalG), carbon.operationalG.method],
      ...(carbon.embodiedG === null
        ? []
        : [['CO2e, embodied', grams(carbon.embodiedG), carbon.embodiedG.method] as const]),
      ...(carbon.waterL === null
        ? []
        : [['Water', printQuantity(carbon.waterL, 'L'), carbon.waterL.method] as const]),
    ],
  );
}

function textTable([header = [], ...rows]: readonly (readonly string[])[]): string {
  return table(header, rows);
}

function pointsTable(points: readonly ReportedPoint[]): string {
  const parameters = namesOf(points.map((point) => Object.keys(point.parameters)));
  const metrics = namesOf(points.map((point) => point.metrics.map(({ name }) => name)));
  return table(
    [
      ...parameters,
      left('State'),
      ...metrics,
      'Time',
      'Energy',
      'CO2e',
      left('Method'),
      left('SHA-256'),
    ],
    points.map(
      ({ parameters: given, state, metrics: found, facts, operationalG, notebookHash }) => {
        const energyJ = facts?.energy?.energyJ;
        return [
          ...parameters.map((name) => valueText(given[name])),
          state,
          ...metrics.map((name) => metricText(found.find((metric) => metric.name === name)?.value)),
          facts === null ? '–' : secondsText(facts.cellsS),
          energyJ === undefined ? '–' : joules(energyJ),
          operationalG === null ? '–' : grams(operationalG),
          energyJ?.method ?? '–',
          notebookHash === null ? '–' : shortHash(notebookHash),
        ];
      },
    ),
  );
}

function metricText(value: number | string | boolean | undefined): string {
  if (value === undefined) return '–';
  return typeof value === 'number' ? significant(value, 5) : String(value);
}

function secondsText(value: number): string {
  return `${significant(value)} s`;
}
