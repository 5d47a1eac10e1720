import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A socket with a package and a DRAM counter, as Linux shows them; the tools read the same files. */
export function makeTree() {
  const root = mkdtempSync(join(tmpdir(), 'powercap-'));
  const zone = (path, name, microjoules) => {
    const folder = join(root, path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'name'), `${name}\n`);
    writeFileSync(join(folder, 'energy_uj'), `${microjoules}\n`);
    writeFileSync(join(folder, 'max_energy_range_uj'), '262143328850\n');
  };
  zone('intel-rapl:0', 'package-0', 123_456_789);
  zone('intel-rapl:0:0', 'dram', 23_456_789);
  return root;
}
