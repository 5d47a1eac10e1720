import { relative } from 'node:path';
import { hashFile, type Sha256 } from '../../hashing/canonical';
import { inputNamed } from '../identity/inputs';
import type { Report } from '../schema';
import { isSame, stampOf, type Stamp } from './stamp';
import type { InputEvent } from './watched';

type Input = Report['identity']['inputs'][number];

/** A file as a trial first read it. */
interface Read {
  readonly stamp: Stamp;
  /** Known where the trial itself wrote it afterwards. */
  readonly hash: Sha256 | undefined;
}

/**
 * The inputs of a run over its trials, each as it was first read. One that didn't stay so makes the run one
 * that can't be repeated.
 */
export class RunInputs {
  private readonly known = new Map<string, Input>();

  /** @param folder of the notebook: inputs are named from there. */
  constructor(
    private readonly folder: string,
    private readonly notebook: string,
  ) {}

  /**
   * Takes what a trial noted, right after it.
   * @param startedAt what was made since and not named is the trial's own product.
   * @returns what spoils the trial, in words.
   */
  async add(events: readonly InputEvent[], startedAt: string): Promise<string[]> {
    const reads = readsOf(events, Date.parse(startedAt));
    reads.delete(this.notebook);
    const problems: string[] = [];
    for (const [path, read] of reads) problems.push(...(await this.addOne(path, read)));
    return problems;
  }

  /** By name. */
  list(): Input[] {
    return [...this.known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private async addOne(path: string, { stamp, hash }: Read): Promise<string[]> {
    const name = relative(this.folder, path).replaceAll('\\', '/');
    const now = stampOf(path);
    const found = now === undefined ? undefined : await hashFile(path).catch(() => undefined);
    const first = hash ?? (isSame(stamp, now) ? found : undefined);
    const before = this.known.get(path);
    if (before === undefined && first !== undefined) {
      this.known.set(path, inputNamed(name, stamp.sizeBytes, first));
    }
    if (found === undefined)
      return [`the input ${name} vanished during the run, or can no longer be read`];
    const stayed = first === found && (before === undefined || before.hash === found);
    return stayed ? [] : [`the input ${name} changed during the run`];
  }
}

/** The files that were read before the run made or wrote them, in the order of what its processes noted. */
function readsOf(events: readonly InputEvent[], startedMs: number): Map<string, Read> {
  const reads = new Map<string, Read>();
  const products = new Set<string>();
  for (const event of events) {
    if (event.kind === 'seed') continue;
    const { path } = event;
    const read = reads.get(path);
    if (event.kind === 'wrote') {
      if (read === undefined) products.add(path);
      else if (read.hash === undefined && event.hash !== null) {
        reads.set(path, { ...read, hash: event.hash });
      }
    } else if (read === undefined && isInput(event, products, startedMs)) {
      reads.set(path, { stamp: event.stamp, hash: undefined });
    }
  }
  return reads;
}

function isInput(
  { path, stamp, isNamed }: Extract<InputEvent, { readonly kind: 'read' }>,
  products: ReadonlySet<string>,
  startedMs: number,
): boolean {
  return isNamed === true || (!products.has(path) && stamp.mtimeMs < startedMs);
}
