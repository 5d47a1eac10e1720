import { gradientRangesBundle } from '../../precision/ranges/view';
import { precisionTableBundle } from '../../analysis/comparison/view';
import { ABSENT } from '../../display/units';
import { printQuantity } from '../../quantities/print';
import { measuredText, verdictText } from '../../studies/figure-text';
import { TESTED_CLAIMS } from '../../studies/tested-claims';
import type { MimeBundle } from '../../host';
import { cellName, cellTitle } from '../cell-name';
import type { Report } from '../schema';
import { cellsChart } from './charts';
import {
  grams,
  joules,
  left,
  list,
  paragraph,
  partOf,
  seconds,
  section,
  table,
  unbroken,
} from './parts';

/** What was measured, beyond the first page. */
export function measuredSections(report: Report): string {
  return [
    devices(report),
    cells(report),
    carbon(report),
    results(report),
    verdicts(report),
    views(report),
  ].join('\n');
}

function devices({ energy }: Report): string {
  return section(
    'Devices',
    table(
      ['Device', left('Method'), 'Whole', 'Idle', 'Notebook', 'Halfnote', 'Rest'],
      energy.devices.map(({ source, method, machineJ, idleJ, accountsJ }) => [
        source,
        method,
        joules(machineJ),
        partOf(machineJ, idleJ),
        joules(accountsJ.user),
        joules(accountsJ.halfnote),
        joules(accountsJ.rest),
      ]),
    ),
    paragraph(
      '"counter" is a hardware counter of energy, "integrated power" readings of power over time, "estimated" a share of one of these, "modelled" a formula with its band of error, "literature" a published figure.',
    ),
  );
}

function cells(report: Report): string {
  const { energy, identity } = report;
  const order = new Map(identity.cells.map((cell) => [cell.index, cell.order]));
  return section(
    'Cells',
    cellsChart(report),
    table(
      ['Cell', 'Ran as', 'Time', 'Energy', left('Method'), 'CO2e'],
      energy.cells.map(({ index, durationS, energyJ, co2eG }) => [
        cellTitle(index),
        `In [${order.get(index) ?? ' '}]`,
        seconds(durationS),
        joules(energyJ),
        energyJ.method,
        grams(co2eG),
      ]),
    ),
  );
}

function carbon({ carbon: c, boundary }: Report): string {
  const { intensity } = c;
  const rows: (readonly [string, string, string])[] = [
    [
      'Grid intensity',
      printQuantity(intensity.gramsPerKWh, 'g/kWh', { prefix: false }),
      `${intensity.region}, ${intensity.year ?? 'year not known'}; ${intensity.source}${intensity.licence === null ? '' : `; ${intensity.licence}`}`,
    ],
    ['Power usage effectiveness', String(boundary.pue), 'of the building, on top of the computer'],
    ['Operational CO2e', grams(c.operationalG), 'energy of the notebook’s code x PUE x intensity'],
    c.embodiedG === null
      ? ['Embodied CO2e', ABSENT, 'not stated']
      : [
          'Embodied CO2e',
          grams(c.embodiedG),
          'making the whole machine, for all the time of the run; not within the line above',
        ],
    c.sci === null
      ? [
          'Operational CO2e per unit',
          grams(c.operationalPerUnit.gramsPerUnit),
          `per ${c.operationalPerUnit.unit}; no software carbon intensity, which takes embodied emissions too`,
        ]
      : [
          'Software carbon intensity',
          grams(c.sci.gramsPerUnit),
          `the two lines above, per ${c.sci.unit}; ISO/IEC 21031`,
        ],
    c.waterL === null
      ? ['Water', ABSENT, 'no water usage effectiveness was stated']
      : ['Water', printQuantity(c.waterL, 'L'), `at ${boundary.waterLPerKWh ?? 0} L/kWh on site`],
  ];
  return section('Carbon and water', table(['Quantity', 'Figure', left('Of')], rows));
}

function results({ results: all }: Report): string {
  const heading = 'Accuracy and other results, from the same runs';
  if (all.length === 0) return section(heading, paragraph('The notebook recorded none.'));
  return section(
    heading,
    table(
      ['Result', 'Cell', 'Value', 'Trials'],
      all.map(({ name, cell, value, unit }) => [
        name,
        cellTitle(cell),
        printQuantity(value, unit, { prefix: false }),
        String(value.samples),
      ]),
    ),
  );
}

function verdicts({ verdicts: all = [] }: Report): string {
  return section(
    'Claims put to the test, in the first run',
    table(
      [left('Claim'), left('Of'), left('Verdict'), left('Measured')],
      all.map((found) => [
        TESTED_CLAIMS.find(({ id }) => id === found.claim)?.says ?? found.claim,
        found.subject === '' ? ABSENT : found.subject,
        verdictText(found),
        measuredText(found),
      ]),
    ),
  );
}

function views({ precisionTables, gradientRanges }: Report): string {
  const html = (bundle: MimeBundle): string =>
    `<div class="view">${unbroken(String(bundle['text/html'])).replaceAll('<details', '<details open')}</div>`;
  return (
    section(
      'Precision',
      ...precisionTables.map(({ table: payload }) => html(precisionTableBundle(payload))),
    ) +
    section(
      'Gradient ranges',
      ...gradientRanges.map(({ ranges }) => html(gradientRangesBundle(ranges))),
    )
  );
}

/** Rows of raw samples that a page shows; the rest is in the JSON. */
const MOST_SAMPLES = 120;

export function samples({ samples: all, energy }: Report): string {
  const number = (value: number): string => value.toPrecision(5);
  const left = all.length - MOST_SAMPLES;
  return section(
    'Raw samples',
    table(
      ['Trial', 'Cell', 'Time, s', 'Machine, J', 'Notebook, J', 'Halfnote, J', 'Rest, J'],
      all
        .slice(0, MOST_SAMPLES)
        .map(({ trial, cell, durationS, machineJ, accountsJ }) => [
          String(trial),
          cell < 0 ? cellName(cell) : String(cell + 1),
          ...[durationS, machineJ, accountsJ.user, accountsJ.halfnote, accountsJ.rest].map(number),
        ]),
    ),
    list([
      '"outside" is what lies outside of cells: the time between them, and what they left running.',
      ...(energy.devices.length > 1 ? ['The JSON has each device’s share too.'] : []),
      ...(all.some(({ accountsJ }) => accountsJ.rest < 0)
        ? [
            'The rest of "outside" is negative where a cell left work running: its joules are the notebook’s, but the rest of the machine’s in the cell that ran meanwhile.',
          ]
        : []),
      ...(left > 0 ? [`${left} more samples are in the JSON.`] : []),
    ]),
  );
}
