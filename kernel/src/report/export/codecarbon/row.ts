import type { Report } from '../../schema';
import { codeOf, countryOf } from '../country';
import { exactly } from '../exact';
import { uuidOf } from '../identifiers';
import { baseName, counted, halfnoteVersion, userJoules } from '../run-facts';
import { GRAMS_PER_KG, kgOf, kWhOf, wattsOf } from '../units';
import type { Row } from './columns';

/** CodeCarbon's gigabyte of memory, though it writes GB. */
const BYTES_PER_GIB = 2 ** 30;

/**
 * A report as CodeCarbon's row: kWh, kg, W, s and L, of the user's code alone (its `tracking_mode`
 * `process`), with the PUE in energy and power as CodeCarbon has it.
 */
export function rowOf(report: Report): Row {
  return { ...identityOf(report), ...energyOf(report), ...placeOf(report), ...machineOf(report) };
}

function identityOf({ identity }: Report) {
  return {
    timestamp: identity.createdAt.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length),
    project_name: baseName(identity.notebook.name),
    run_id: uuidOf(identity.hash),
    experiment_id: uuidOf(identity.notebook.hash),
  };
}

function energyOf(report: Report) {
  const { energy, carbon, boundary } = report;
  const durationS = energy.durationS.value;
  const [cpuJ, gpuJ, dramJ] = (['cpu', 'gpu', 'dram'] as const).map((component) =>
    userJoules(report, component),
  ) as [number[], number[], number[]];
  const grams = carbon.operationalG.value;
  return {
    duration: durationS,
    emissions: kgOf(grams),
    emissions_rate: durationS === 0 ? null : exactly([grams], { over: [GRAMS_PER_KG, durationS] }),
    cpu_power: wattsOf(cpuJ, durationS, boundary.pue),
    gpu_power: wattsOf(gpuJ, durationS, boundary.pue),
    ram_power: wattsOf(dramJ, durationS, boundary.pue),
    cpu_energy: kWhOf(cpuJ, boundary.pue),
    gpu_energy: kWhOf(gpuJ, boundary.pue),
    ram_energy: kWhOf(dramJ, boundary.pue),
    energy_consumed: kWhOf([energy.accountsJ.user.value], boundary.pue),
    water_consumed: carbon.waterL?.value ?? null,
    pue: boundary.pue,
    wue: boundary.waterLPerKWh,
  };
}

function placeOf({ carbon }: Report) {
  const country = countryOf(carbon.intensity.region);
  return {
    country_name: country?.name ?? null,
    country_iso_code: country?.code ?? null,
    region: codeOf(carbon.intensity.region),
    cloud_provider: null,
    cloud_region: null,
    longitude: null,
    latitude: null,
    // CodeCarbon knows `Y` and `N` only, and looks up the country where it is `N`.
    on_cloud: 'N',
  };
}

function machineOf(report: Report) {
  const { hardware } = report;
  const gpus = counted(hardware.gpus.map(({ name }) => name));
  return {
    os: hardware.os,
    python_version: null,
    codecarbon_version: `halfnote ${halfnoteVersion(report)}`,
    cpu_count: hardware.cpu.threads,
    cpu_model: hardware.cpu.model,
    gpu_count: hardware.gpus.length,
    gpu_model: gpus.map(([name, count]) => `${count} x ${name}`).join(', '),
    ram_total_size: hardware.memoryBytes / BYTES_PER_GIB,
    tracking_mode: 'process',
    cpu_utilization_percent: null,
    gpu_utilization_percent: null,
    ram_utilization_percent: null,
    ram_used_gb: null,
  };
}
