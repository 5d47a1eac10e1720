import { arch, cpus, totalmem } from 'node:os';
import { graphics, osInfo } from 'systeminformation';
import { readProcessor } from '../../energy/devices/processor';
import { knownProcessor } from '../../energy/devices/tdp-table';
import { TDP_VARIABLE } from '../../energy/devices/thread-power';
import { packageVersions, installedVersion } from '../../report/identity/lock';
import type { ReportedCell } from '../../report/identity/cells';
import type { Report } from '../../report/schema';

/** The machine, as another one is told from it. */
export async function hardwareFacts(): Promise<Report['hardware']> {
  const [system, { controllers }] = await Promise.all([osInfo(), graphics()]);
  const threads = cpus();
  return {
    cpu: {
      model: threads[0]?.model.trim() ?? 'unknown',
      threads: threads.length,
      tdpW: tdpW(),
    },
    memoryBytes: totalmem(),
    gpus: controllers.filter(isGpu).map(({ vendor, model }) => ({ name: nameOf(vendor, model) })),
    os: `${system.distro} ${system.release}, ${system.kernel}, ${arch()}`,
  };
}

/** Of all sockets, as `HALFNOTE_TDP_W` states it for the model of the processor, else as its maker does. */
function tdpW(): number | null {
  const [watts] = (process.env[TDP_VARIABLE] ?? '').split('/');
  if (watts !== undefined && Number(watts) > 0) return Number(watts);
  const { modelName, sockets, isVirtual } = readProcessor();
  const known = knownProcessor(modelName)?.tdpW;
  return known === undefined ? null : known * (isVirtual ? 1 : sockets);
}

/** A virtual machine's display adapter computes nothing. */
function isGpu({ vendor }: { readonly vendor: string }): boolean {
  return /nvidia|amd|advanced micro|intel|apple/i.test(vendor);
}

function nameOf(vendor: string, model: string): string {
  return model.startsWith(vendor) ? model : `${vendor} ${model}`;
}

/** What the figures depend on, beside the code: ours, and what the cells import. */
export function versionFacts(
  cells: readonly ReportedCell[],
  folder: string,
): Report['identity']['versions'] {
  const ours = ['@tensorflow/tfjs', 'onnxruntime-node', 'typescript'].flatMap((name) => {
    const version = installedVersion(name, __dirname);
    return version === undefined ? [] : [[name, version] as const];
  });
  return {
    node: process.versions.node,
    ...Object.fromEntries(ours),
    ...packageVersions(cells, folder),
  };
}

/** What of the environment changes how numbers are computed. */
const TELLING =
  /^(TF_(?!CLI_|VAR_|LOG|INPUT|DATA_DIR|WORKSPACE)|OMP_|MKL_|KMP_|ONEDNN_|CUDA_|NVIDIA_TF32|ORT_|HALFNOTE_)/;
/** Ours that say where things are, not how they are done. */
const PLACES =
  /^HALFNOTE_(BACKEND_FACTS|ENERGY_JOURNAL|HISTORY|REPORT_INPUTS(_FOLDER)?|CHROMIUM|PYTHON)$/;
/** `/usr/local/cuda`, `--dump_to=/home/x`. */
const LOCAL_PATH = /(^|[\s=:,;])(~?\/|[A-Za-z]:\\)/;

/** As settings of a report. A value that names a path of this machine is left out: it is nobody's business. */
export function environmentFacts(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const told = Object.entries(env).filter(
    ([name, value = '']) => TELLING.test(name) && !PLACES.test(name) && !LOCAL_PATH.test(value),
  );
  return Object.fromEntries(
    told.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [`env.${name}`, value ?? '']),
  );
}
