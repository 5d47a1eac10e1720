import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder that looks like a part of `/sys` or `/proc`, whose files a test turns. */
export class FakeTree {
  readonly root = mkdtempSync(join(tmpdir(), 'halfnote-tree-'));
  private readonly denied = new Set<string>();

  write(path: string, value: string | number | bigint): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${value}\n`);
  }

  /** Also whoever holds a file of it open sees nothing in it any more, as in `/proc` and `/sys`. */
  remove(path: string): void {
    const entry = join(this.root, path);
    const below = statSync(entry).isDirectory() ? readdirSync(entry, { recursive: true }) : [];
    for (const file of [entry, ...below.map((name) => join(entry, String(name)))])
      if (statSync(file).isFile()) truncateSync(file);
    rmSync(entry, { recursive: true });
  }

  /** As for everyone but root, who runs some tests. */
  deny(path: string): void {
    this.denied.add(join(this.root, path));
  }

  allow(path: string): void {
    this.denied.delete(join(this.root, path));
  }

  readonly read = (file: string): string => {
    if (this.denied.has(file)) {
      throw Object.assign(new Error(`EACCES: permission denied, open '${file}'`), {
        code: 'EACCES',
      });
    }
    return readFileSync(file, 'utf8').trim();
  };

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** What Intel's counters of 32 bits with a unit of 61 uJ wrap at. */
export const INTEL_RANGE_UJ = 262_143_328_850;
/** What AMD's of 15.3 uJ do. */
export const AMD_RANGE_UJ = 65_532_610_987;

/** A powercap tree; energies in microjoules. */
export class FakePowercap extends FakeTree {
  zone(
    id: string,
    name: string,
    energyUj: number,
    rangeUj: number | string = INTEL_RANGE_UJ,
  ): void {
    this.write(`${id}/name`, name);
    this.write(`${id}/max_energy_range_uj`, rangeUj);
    this.set(id, energyUj);
  }

  set(id: string, energyUj: number | string): void {
    this.write(energyFile(id), energyUj);
  }

  override deny(id: string): void {
    super.deny(energyFile(id));
  }

  override allow(id: string): void {
    super.allow(energyFile(id));
  }
}

function energyFile(id: string): string {
  return `${id}/energy_uj`;
}

/** `/proc` of a machine, of what our models read. */
export class FakeProc extends FakeTree {
  /** Ticks of 10 ms that all threads worked. */
  busy(ticks: number, threads = 4): void {
    const each = Array.from({ length: threads }, (_, index) => `cpu${index} 0 0 0 0`);
    this.write('stat', [`cpu  ${ticks} 0 0 1000000 0 0 0 0 0 0`, ...each].join('\n'));
  }

  memory(bytes: number): void {
    this.write('meminfo', `MemTotal: ${bytes / 1024} kB`);
  }

  /** One entry a thread, spread over sockets. */
  processor(
    model: string,
    options: { threads?: number; sockets?: number; flags?: string } = {},
  ): void {
    const { threads = 4, sockets = 1, flags = 'fpu sse2' } = options;
    const entries = Array.from(
      { length: threads },
      (_, index) =>
        `processor\t: ${index}\nmodel name\t: ${model}\nphysical id\t: ${index % sockets}\nflags\t\t: ${flags}\n`,
    );
    this.write('cpuinfo', entries.join('\n'));
  }
}

/** `/sys/class/drm` with cards of the amdgpu driver. */
export class FakeDrm extends FakeTree {
  card(
    index: number,
    sensors: Readonly<Record<string, number>>,
    { isApu = false }: { readonly isApu?: boolean } = {},
  ): void {
    this.sensor(index, 'name', 'amdgpu');
    if (!isApu) this.sensor(index, 'power1_cap', 300_000_000);
    for (const [file, value] of Object.entries(sensors)) this.sensor(index, file, value);
  }

  sensor(index: number, file: string, value: string | number): void {
    this.write(`card${index}/device/hwmon/hwmon4/${file}`, value);
  }
}
