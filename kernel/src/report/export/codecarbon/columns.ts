/**
 * The columns of `emissions.csv` in their order, as CodeCarbon 3.3.2 writes and expects them: with any
 * other set it moves the file away to a `.bak` before it appends.
 */
export const COLUMNS = [
  'timestamp',
  'project_name',
  'run_id',
  'experiment_id',
  'duration',
  'emissions',
  'emissions_rate',
  'cpu_power',
  'gpu_power',
  'ram_power',
  'cpu_energy',
  'gpu_energy',
  'ram_energy',
  'energy_consumed',
  'water_consumed',
  'country_name',
  'country_iso_code',
  'region',
  'cloud_provider',
  'cloud_region',
  'os',
  'python_version',
  'codecarbon_version',
  'cpu_count',
  'cpu_model',
  'gpu_count',
  'gpu_model',
  'longitude',
  'latitude',
  'ram_total_size',
  'tracking_mode',
  'cpu_utilization_percent',
  'gpu_utilization_percent',
  'ram_utilization_percent',
  'ram_used_gb',
  'on_cloud',
  'pue',
  'wue',
] as const;

export type Column = (typeof COLUMNS)[number];

/** Null: not known, and left empty, which pandas reads as NaN. */
export type Row = Readonly<Record<Column, string | number | null>>;

/** Why a report leaves a column empty; `water` only where the report has no figure of it. */
export const EMPTY: Readonly<Partial<Record<Column, string>>> = {
  water_consumed: 'the report states no water per kWh',
  cloud_provider: 'a report knows of no cloud',
  cloud_region: 'a report knows of no cloud',
  python_version: 'no Python ran',
  longitude: 'a report holds no place but the region of the intensity',
  latitude: 'a report holds no place but the region of the intensity',
  cpu_utilization_percent: 'energy was measured, not utilization',
  gpu_utilization_percent: 'energy was measured, not utilization',
  ram_utilization_percent: 'energy was measured, not utilization',
  ram_used_gb: 'memory in use was not recorded',
  wue: 'the report states no water per kWh',
  country_name: 'the region of the intensity is no country',
  country_iso_code: 'the region of the intensity is no country',
};
