import { stringify } from 'csv-stringify/sync';
import type { Report } from '../../schema';
import type { ExportedFile } from '../exported-file';
import { sidecarOf } from '../sidecar';
import { COLUMNS, EMPTY } from './columns';
import type { Row } from './columns';
import { rowOf } from './row';

/** `emissions.csv` of one row, and beside it what CodeCarbon has no columns for. */
export function codecarbonFiles(report: Report): ExportedFile[] {
  const row = rowOf(report);
  const text = stringify([COLUMNS.map((column) => row[column])], {
    header: true,
    columns: [...COLUMNS],
    cast: { number: String },
  });
  return [
    { name: 'emissions.csv', text },
    sidecarOf('emissions.csv', report, {
      columns: UNITS,
      boundary:
        "energy, power and emissions: the user's code, times the PUE; water: the user's code",
      leftEmpty: emptyIn(row),
      assumed: { on_cloud: 'N: a report knows of no cloud' },
    }),
  ];
}

const UNITS = {
  duration: { unit: 's', of: 'energy.durationS' },
  emissions: { unit: 'kg CO2e', of: 'carbon.operationalG' },
  emissions_rate: { unit: 'kg CO2e/s', of: 'carbon.operationalG / energy.durationS' },
  cpu_power: { unit: 'W', of: 'energy.devices (cpu) / energy.durationS' },
  gpu_power: { unit: 'W', of: 'energy.devices (gpu) / energy.durationS' },
  ram_power: { unit: 'W', of: 'energy.devices (dram) / energy.durationS' },
  cpu_energy: { unit: 'kWh', of: 'energy.devices (cpu)' },
  gpu_energy: { unit: 'kWh', of: 'energy.devices (gpu)' },
  ram_energy: { unit: 'kWh', of: 'energy.devices (dram)' },
  energy_consumed: { unit: 'kWh', of: 'energy.accountsJ.user' },
  water_consumed: { unit: 'L', of: 'carbon.waterL' },
  ram_total_size: { unit: 'GiB', of: 'hardware.memoryBytes' },
  wue: { unit: 'L/kWh', of: 'boundary.waterLPerKWh' },
};

function emptyIn(row: Row): Record<string, string> {
  const empty = COLUMNS.filter((column) => row[column] === null);
  return Object.fromEntries(
    empty.map((column) => [column, EMPTY[column] ?? 'the run took no time that could be told']),
  );
}
