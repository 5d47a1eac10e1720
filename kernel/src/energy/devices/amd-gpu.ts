import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { firstLine } from '../../errors';
import { AMD_GPU_BAND } from './bands';
import { counterMeter } from './counter-meter';
import { integrate } from './integrate';
import type { Absence, Found, Meter } from './meter';
import { byNumber, isDenied, listFolder, optional, readCount, readText } from './sysfs';
import type { ReadText } from './sysfs';

/** Where Linux shows graphics cards. */
export const DRM = '/sys/class/drm';

/** More than any GPU draws. */
const MOST_WATTS = 3000;
/** Microjoules; a busy driver may show them a second late. */
const BOUNDS = { unitsPerJ: 1_000_000n, mostWatts: MOST_WATTS, slackS: 1 } as const;
/** The driver asks the GPU anew after a millisecond, which its clock of up to 10 ms a tick rounds up. */
const REFRESH_S = 0.01;
/** Power is integrated this often; the driver averages over about as long. */
const INTEGRATE_S = 0.1;

const NOTE = 'The driver counts the whole GPU, other programs on it too.';

interface Card {
  /** `card0` */
  readonly id: string;
  readonly device: string;
  readonly hwmon: string;
}

/**
 * A meter for each AMD GPU below `root`, by its driver's own sensors (`amdgpu`, hwmon): the energy counter
 * where there is one, else power over time. A GPU within a processor is none of them: its sensor shows the
 * processor and all, which is counted as CPU. Machines without AMD GPUs have neither meters nor absences.
 */
export function findAmdGpus(root: string = DRM, read: ReadText = readText): Found {
  const meters: Meter[] = [];
  const absent: Absence[] = [];
  const failures: { readonly card: Card; readonly error: unknown }[] = [];
  for (const card of findCards(root, read)) {
    try {
      const files = readdirSync(card.hwmon);
      if (files.includes('power1_cap')) meters.push(gpuMeter(card, files, read));
      else absent.push(withinProcessor(card));
    } catch (error) {
      failures.push({ card, error });
    }
  }
  return {
    meters,
    absent: [...absent, ...failures.map(({ card, error }) => unreadable(card, error))],
  };
}

function findCards(root: string, read: ReadText): readonly Card[] {
  return listFolder(root)
    .filter((id) => /^card\d+$/.test(id))
    .sort(byNumber)
    .flatMap((id) => {
      const device = join(root, id, 'device');
      const hwmon = listFolder(join(device, 'hwmon'))
        .map((folder) => join(device, 'hwmon', folder))
        .find((folder) => optional(() => read(join(folder, 'name'))) === 'amdgpu');
      return hwmon === undefined ? [] : [{ id, device, hwmon }];
    });
}

function gpuMeter({ id, device, hwmon }: Card, files: readonly string[], read: ReadText): Meter {
  const name = `AMD GPU ${id}${product(device, read)}`;
  if (files.includes('energy1_input')) {
    const count = (): bigint => readCount(join(hwmon, 'energy1_input'), read);
    count();
    const source = `amdgpu energy counter, ${name}`;
    return {
      ...counterMeter({ component: 'gpu', source, count, bounds: BOUNDS }),
      note: NOTE,
      band: AMD_GPU_BAND,
      refreshS: REFRESH_S,
    };
  }
  const power = ['power1_average', 'power1_input'].find((file) => files.includes(file));
  if (power === undefined) throw new Error(`${hwmon} has neither energy1_input nor power1_average`);
  const source = `amdgpu power x time, ${name}`;
  const readWatts = (): number =>
    // Asking a GPU that sleeps would wake it.
    optional(() => read(join(device, 'power', 'runtime_status'))) === 'suspended'
      ? 0
      : Number(readCount(join(hwmon, power), read)) / 1e6;
  readWatts();
  return {
    component: 'gpu',
    method: 'integrated power',
    source,
    note: NOTE,
    band: AMD_GPU_BAND,
    read: integrate(readWatts, MOST_WATTS),
    maxIntervalS: INTEGRATE_S,
    sampled: 'in-windows',
  };
}

/** Only some boards tell their product; the others have their PCI numbers. */
function product(device: string, read: ReadText): string {
  const name = optional(() => read(join(device, 'product_name'))) ?? '';
  if (name !== '') return ` ${name}`;
  const id = /^PCI_ID=(.+)$/m.exec(optional(() => read(join(device, 'uevent'))) ?? '')?.[1];
  return id === undefined ? '' : ` ${id}`;
}

function withinProcessor({ id }: Card): Absence {
  const message = `The GPU ${id} is part of the processor, whose sensor shows both: it is counted as CPU.`;
  return { device: `AMD GPU ${id}`, reason: 'duplicate', message };
}

/** Nothing stands in for a GPU that is there and can't be read, also where it is the only one. */
function unreadable({ id }: Card, error: unknown): Absence {
  return {
    device: `AMD GPU ${id}`,
    reason: isDenied(error) ? 'permission-denied' : 'failed',
    message: `The energy of the GPU ${id} can't be read: ${firstLine(error)}`,
    leavesIncomplete: true,
  };
}
