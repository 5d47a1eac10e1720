import type { Sight } from './check';

const CPUS = '/sys/devices/system/cpu';

/** What the file of this name says, for each processor thread that has one. */
export function perCpu(sight: Sight, file: string): string[] {
  return sight
    .list(CPUS)
    .filter((name) => /^cpu\d+$/.test(name))
    .flatMap((name) => sight.read(`${CPUS}/${name}/${file}`) ?? []);
}
