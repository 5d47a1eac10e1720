import { appendFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a run under `halfnote report` notes which files its cells read: a path as JSON each line. */
export const INPUTS_VARIABLE = 'HALFNOTE_REPORT_INPUTS';

/** What lies there belongs to the system, to packages or to version control, not to the notebook. */
const FOREIGN = ['node_modules', '.venv', '.git', '.ipynb_checkpoints'].map(
  (name) => `${sep}${name}${sep}`,
);
const SYSTEM = ['/proc/', '/sys/', '/dev/', '/etc/', '/usr/', '/lib/', '/opt/'];
/** Settings that tools look for in every folder. */
const SETTINGS = /[\\/](package\.json|[jt]sconfig[\w.-]*\.json)$/;

/** The files that a process has read and hadn't written itself before. */
export class WatchedFiles {
  private readonly seen = new Set<string>();

  /**
   * @param list gets each path once.
   * @param own the folder of this package, whose files aren't the notebook's.
   */
  constructor(
    private readonly list: string,
    private readonly own: string,
    private readonly append: typeof appendFileSync = appendFileSync,
  ) {}

  /** A file was opened for reading; what isn't a path (a descriptor) is known from its opening. */
  read(target: unknown): void {
    const path = pathOf(target);
    if (path === undefined || this.seen.has(path)) return;
    this.seen.add(path);
    if (!this.isForeign(path)) this.append(this.list, `${JSON.stringify(path)}\n`);
  }

  /** A file was opened for writing: from now on it is the run's own product. */
  wrote(target: unknown): void {
    const path = pathOf(target);
    if (path !== undefined) this.seen.add(path);
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
