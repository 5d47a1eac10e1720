import { join } from 'node:path';
import type { Component } from './meter';
import { byNumber, listFolder } from './sysfs';
import type { ReadText } from './sysfs';

/** A power zone of Linux's powercap tree that covers a processor, or its memory. */
export interface Zone {
  /** `intel-rapl:0`, also on AMD; `intel-rapl-mmio:0` is the same package by another way. */
  readonly id: string;
  readonly folder: string;
  readonly component: Component;
  /** `package-0`, `dram of package-0`: the same by whichever way it is read. */
  readonly name: string;
}

export interface Zones {
  readonly zones: readonly Zone[];
  /** Names of zones of other kinds: `psys`, `core`, `uncore`. */
  readonly others: readonly string[];
  /** Zones whose very name can't be read. */
  readonly unnamed: readonly { readonly id: string; readonly error: unknown }[];
}

const ZONE = /^[a-z_]+-rapl(-[a-z]+)?:\d+(:\d+)?$/;

/** The zones below `root`, processors before their memory-mapped twins; none where there is no tree. */
export function listZones(root: string, read: ReadText): Zones {
  const zones: Zone[] = [];
  const others: string[] = [];
  const unnamed: { readonly id: string; readonly error: unknown }[] = [];
  for (const id of zoneFolders(root)) {
    const folder = join(root, id);
    try {
      const name = read(join(folder, 'name'));
      if (name.startsWith('package')) zones.push({ id, folder, component: 'cpu', name });
      else if (name === 'dram') {
        zones.push({ id, folder, component: 'dram', name: dramName(root, id, read) });
      } else others.push(name);
    } catch (error) {
      unnamed.push({ id, error });
    }
  }
  return { zones, others, unnamed };
}

function zoneFolders(root: string): readonly string[] {
  return listFolder(root)
    .filter((entry) => ZONE.test(entry))
    .sort((a, b) => controlType(a).localeCompare(controlType(b)) || byNumber(a, b));
}

function controlType(id: string): string {
  return id.split(':')[0] ?? id;
}

/** Memory is a part of a package, whose name tells sockets apart. */
function dramName(root: string, id: string, read: ReadText): string {
  const [type = '', socket = '', part] = id.split(':');
  if (part === undefined) return `dram ${socket}`;
  return `dram of ${read(join(root, `${type}:${socket}`, 'name'))}`;
}
