import type { Quantity } from '../../../quantities/quantity';
import { cellName } from '../../cell-name';
import type { Report } from '../../schema';
import type { ExportedFile } from '../exported-file';
import { baseName } from '../run-facts';
import { toExposition } from './exposition';
import type { Family } from './exposition';

type Labels = Readonly<Record<string, string>>;
type Figures = readonly (readonly [Labels, Quantity | null])[];

/**
 * The figures as gauges, for node_exporter's textfile collector or a Pushgateway. Each quantity is three:
 * the value, and the ends of its interval as `_lower` and `_upper`.
 */
export function prometheusFiles(report: Report): ExportedFile[] {
  const families = [...factsOf(report), ...energyOf(report), ...carbonOf(report)];
  const run = { notebook: baseName(report.identity.notebook.name), report: report.identity.hash };
  const labelled = families.map((family) => ({
    ...family,
    samples: family.samples.map(({ labels, value }) => ({ labels: { ...run, ...labels }, value })),
  }));
  return [{ name: 'halfnote.prom', text: toExposition(labelled) }];
}

function factsOf({ identity, status, verdict, trials, boundary, schema }: Report): Family[] {
  return [
    {
      name: 'halfnote_report_info',
      help: 'A report of a notebook run; always 1',
      samples: [{ labels: { schema, status, valid: String(verdict.valid) }, value: 1 }],
    },
    bare('halfnote_report_created_timestamp_seconds', 'When the report was made, Unix time', [
      Date.parse(identity.createdAt) / 1000,
    ]),
    bare('halfnote_run_trials', 'Runs that the figures are the mean of', [trials]),
    bare('halfnote_pue_ratio', 'Power usage effectiveness', [boundary.pue]),
  ];
}

function energyOf({ energy, results }: Report): Family[] {
  const { devices, cells, accountsJ } = energy;
  return [
    ...quantities('halfnote_run_duration', 'seconds', 'Duration of a run', [
      [{}, energy.durationS],
    ]),
    ...quantities('halfnote_machine_energy', 'joules', 'Energy of the whole machine, by device', [
      ...devices.map((device, i): [Labels, Quantity] => [labelsOf(device, i), device.machineJ]),
    ]),
    ...quantities('halfnote_account_energy', 'joules', 'Energy of all devices, by account', [
      [{ account: 'user' }, accountsJ.user],
      [{ account: 'halfnote' }, accountsJ.halfnote],
      [{ account: 'rest' }, accountsJ.rest],
    ]),
    ...quantities('halfnote_user_energy', 'joules', "Energy of the user's code, by device", [
      ...devices.map((device, i): [Labels, Quantity] => [
        labelsOf(device, i),
        device.accountsJ.user,
      ]),
    ]),
    ...quantities('halfnote_cell_duration', 'seconds', 'Duration of a cell', [
      ...cells.map(({ index, durationS }): [Labels, Quantity] => [cell(index), durationS]),
    ]),
    ...quantities('halfnote_cell_energy', 'joules', "Energy of the user's code in a cell", [
      ...cells.map(({ index, energyJ }): [Labels, Quantity] => [cell(index), energyJ]),
    ]),
    ...quantities('halfnote_result', '', 'What the run scored', [
      ...results.map((result, i): [Labels, Quantity] => [
        { ...cell(result.cell), result: String(i), name: result.name, unit: result.unit },
        result.value,
      ]),
    ]),
  ];
}

function carbonOf({ carbon, energy }: Report): Family[] {
  const { intensity } = carbon;
  const place = { region: intensity.region, source: intensity.source };
  return [
    ...quantities('halfnote_carbon_operational', 'grams', "CO2e of the user's code, with PUE", [
      [{}, carbon.operationalG],
    ]),
    ...quantities(
      'halfnote_carbon_embodied',
      'grams',
      'CO2e of making the whole machine, for the time of the run',
      [[{}, carbon.embodiedG]],
    ),
    ...quantities('halfnote_cell_carbon', 'grams', 'CO2e of a cell', [
      ...energy.cells.map(({ index, co2eG }): [Labels, Quantity] => [cell(index), co2eG]),
    ]),
    ...quantities('halfnote_water', 'liters', 'Water for the electricity', [[{}, carbon.waterL]]),
    ...quantities('halfnote_grid_intensity', 'grams_per_kwh', 'CO2e of a kWh of electricity', [
      [place, intensity.gramsPerKWh],
    ]),
    ...quantities('halfnote_sci', 'grams', 'Software carbon intensity, by functional unit', [
      [{ per: carbon.sci?.unit ?? '' }, carbon.sci?.gramsPerUnit ?? null],
    ]),
  ];
}

/** With its number: two devices, or results, may be called the same, but no two series may. */
function labelsOf({ component, source }: Report['energy']['devices'][number], i: number): Labels {
  return { device: String(i), component, source };
}

/** Counted from 1, as the report's page does. */
function cell(index: number): Labels {
  return { cell: index < 0 ? cellName(index) : String(index + 1) };
}

function bare(name: string, help: string, values: readonly number[]): Family {
  return { name, help, samples: values.map((value) => ({ labels: {}, value })) };
}

/** Three families, so that a sum over all of one means something. A quantity that isn't there is none. */
function quantities(name: string, unit: string, help: string, figures: Figures): Family[] {
  const known = figures.flatMap(([labels, quantity]) =>
    quantity === null ? [] : [{ labels, quantity }],
  );
  const family = (end: string, about: string, pick: (quantity: Quantity) => number): Family => ({
    name: [`${name}${end}`, ...(unit === '' ? [] : [unit])].join('_'),
    help: `${help}${about}`,
    samples: known.map(({ labels, quantity }) => ({
      labels: { ...labels, ...(end === '' ? methodOf(quantity) : {}) },
      value: pick(quantity),
    })),
  });
  return [
    family('', '', ({ value }) => value),
    family('_lower', ': lower end of its interval', ({ low }) => low),
    family('_upper', ': upper end of its interval', ({ high }) => high),
  ];
}

function methodOf({ method, complete }: Quantity): Labels {
  return { method, complete: String(complete) };
}
