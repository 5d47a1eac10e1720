import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const UJ = 1e6;

/** Intel's counter of 32 bits with a unit of 61 uJ, and AMD's of 15.3 uJ, in microjoules. */
export const INTEL_RANGE = 262_143_328_850;
export const AMD_RANGE = 65_532_610_987;

/**
 * A powercap tree as Linux lays it out: zones within zones below `devices`, and a link to each in `class`.
 * Energies go in as joules that were drawn; the counters wrap as real ones do.
 */
export class PowercapTree {
  /** What `findRapl` and CodeCarbon are given for `/sys/class/powercap`. */
  root;
  /** Files that only root may read. */
  denied = new Set();
  #base = mkdtempSync(join(tmpdir(), 'halfnote-golden-'));
  #zones = new Map();

  constructor() {
    this.root = join(this.#base, 'class', 'powercap');
    mkdirSync(this.root, { recursive: true });
  }

  /** @param {{at?: number, range?: number | string}} [options] `at`: joules that it begins with */
  zone(id, name, { at = 0, range = INTEL_RANGE } = {}) {
    const [type, socket, part] = id.split(':');
    const folders = [type, `${type}:${socket}`, ...(part === undefined ? [] : [id])];
    const folder = join(this.#base, 'devices', 'virtual', 'powercap', ...folders);
    mkdirSync(folder, { recursive: true });
    this.#link(type, join(this.#base, 'devices', 'virtual', 'powercap', type));
    this.#link(id, folder);
    writeFileSync(join(folder, 'name'), `${name}\n`);
    writeFileSync(join(folder, 'max_energy_range_uj'), `${range}\n`);
    this.#zones.set(id, { folder, range: Number(range) || 2 ** 32 * 61, uj: Math.round(at * UJ) });
    this.#show(id);
  }

  /** The zone draws so many joules. */
  draw(id, joules) {
    const zone = this.#zones.get(id);
    zone.uj = (zone.uj + Math.round(joules * UJ)) % zone.range;
    this.#show(id);
  }

  /** The counter stands at so many joules, whatever was drawn. */
  show(id, joules) {
    this.#zones.get(id).uj = Math.round(joules * UJ);
    this.#show(id);
  }

  /** For one reading: what the counter shows, without having moved. */
  glitch(id, joules) {
    writeFileSync(this.#file(id), `${Math.round(joules * UJ)}\n`);
  }

  vanish(id) {
    rmSync(this.#file(id));
  }

  back(id) {
    this.#show(id);
  }

  deny(id) {
    this.denied.add(this.#file(id)).add(join(this.root, id, 'energy_uj'));
  }

  allow(id) {
    this.denied.delete(this.#file(id));
    this.denied.delete(join(this.root, id, 'energy_uj'));
  }

  read = (file) => {
    if (this.denied.has(file)) {
      throw Object.assign(new Error(`EACCES: permission denied, open '${file}'`), {
        code: 'EACCES',
      });
    }
    return readFileSync(file, 'utf8').trim();
  };

  dispose() {
    rmSync(this.#base, { recursive: true });
  }

  #file(id) {
    return join(this.#zones.get(id).folder, 'energy_uj');
  }

  #show(id) {
    writeFileSync(this.#file(id), `${this.#zones.get(id).uj}\n`);
  }

  #link(id, folder) {
    try {
      symlinkSync(folder, join(this.root, id));
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}
