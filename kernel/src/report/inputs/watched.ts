import { appendFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { REPORT_NOTES, type SeedEvent } from '../../patches/note-seed';
import type { Sha256 } from '../../hashing/canonical';
import { hashNow, isSame, stampOf, type Stamp } from './stamp';

/** Where a run under `halfnote report` notes which files its cells read, and their seeds: an {@link InputEvent} each line. */
export const INPUTS_VARIABLE = REPORT_NOTES;

/** What lies there belongs to the system, to packages or to version control, not to the notebook. */
const FOREIGN = ['node_modules', '.venv', '.git', '.ipynb_checkpoints'].map(
  (name) => `${sep}${name}${sep}`,
);
const SYSTEM = ['/proc/', '/sys/', '/dev/', '/etc/', '/usr/', '/lib/', '/opt/'];
/** Settings that tools look for in every folder. */
const SETTINGS = /[\\/](package\.json|[jt]sconfig[\w.-]*\.json)$/;

/** What a process notes of a file, and of its seed: a line of JSON each. */
export type InputEvent =
  | {
      readonly kind: 'read';
      readonly path: string;
      readonly stamp: Stamp;
      /** By {@link reportInput}: it is an input, whoever made it. */
      readonly isNamed?: true;
    }
  | {
      readonly kind: 'wrote';
      readonly path: string;
      /** Of the file as it had been read; null where it is new, or was altered before. */
      readonly hash: Sha256 | null;
    }
  | SeedEvent;

/** Notes the first reading and the first writing of each file by a process. */
export class WatchedFiles {
  private readonly written = new Set<string>();
  private readonly stamps = new Map<string, Stamp>();

  /**
   * @param list gets a line for each {@link InputEvent}.
   * @param own the folder of this package, whose files aren't the notebook's.
   * @param within what lies elsewhere isn't watched.
   */
  constructor(
    private readonly list: string,
    private readonly own: string,
    private readonly append: typeof appendFileSync = appendFileSync,
    private readonly within = '/',
  ) {}

  /** A file was opened for reading; what isn't a path (a descriptor) is known from its opening. */
  read(target: unknown): void {
    const path = this.watchedPath(target);
    if (path === undefined || this.stamps.has(path) || this.written.has(path)) return;
    const stamp = stampOf(path);
    if (stamp === undefined) return;
    this.stamps.set(path, stamp);
    this.note({ kind: 'read', path, stamp });
  }

  /** A file is about to be written, moved or removed: what was read of it is hashed while it is there. */
  wrote(target: unknown): void {
    const path = this.watchedPath(target);
    if (path === undefined || this.written.has(path)) return;
    this.written.add(path);
    const stamp = this.stamps.get(path);
    const isAsRead = stamp !== undefined && isSame(stamp, stampOf(path));
    this.note({ kind: 'wrote', path, hash: isAsRead ? hashNow(path) : null });
  }

  private note(event: InputEvent): void {
    this.append(this.list, `${JSON.stringify(event)}\n`);
  }

  private watchedPath(target: unknown): string | undefined {
    const path = pathOf(target);
    if (path === undefined || this.isForeign(path)) return undefined;
    return path.startsWith(this.within) ? path : undefined;
  }

  private isForeign(path: string): boolean {
    return (
      path === this.list ||
      path.startsWith(this.own + sep) ||
      SETTINGS.test(path) ||
      SYSTEM.some((folder) => path.startsWith(folder)) ||
      FOREIGN.some((folder) => path.includes(folder))
    );
  }
}

function pathOf(target: unknown): string | undefined {
  if (typeof target === 'string') return resolve(target);
  if (Buffer.isBuffer(target)) return resolve(target.toString());
  return target instanceof URL && target.protocol === 'file:' ? fileURLToPath(target) : undefined;
}
