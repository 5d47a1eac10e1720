import { randomUUID } from 'node:crypto';
import {
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive, thisProcess, type Holder } from './machine';

/** How often a claim says that its holder lives, for those on other machines. */
const RENEW_MS = 15_000;
/** A holder on another machine that has said nothing for so long is gone. */
const SILENT_MS = 300_000;

const content = z.object({
  host: z.string(),
  space: z.string(),
  pid: z.number(),
  started: z.string(),
  token: z.string(),
  at: z.string(),
});

/** Who runs a point. */
export interface Claimant extends Holder {
  /** Wall clock, ISO 8601 in UTC. */
  readonly at: string;
  /** Distinguishes two claims of one process. */
  readonly token: string;
}

/**
 * The right to run a point, as a file that only one process can make: `<key>.claim.1`. Where its holder is gone,
 * another one makes the next, `<key>.claim.2`, which only one can make either; the highest is the one that
 * counts. So nothing is ever taken from a name that somebody else could hold by then.
 */
export class Claim {
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly folder: string,
    private readonly key: string,
    private readonly generation: number,
    private readonly token: string,
  ) {
    this.timer = setInterval(() => {
      this.renew();
    }, RENEW_MS).unref();
  }

  /** Undefined where another process, which lives, holds it. Throws what the system throws. */
  static take(folder: string, key: string): Claim | undefined {
    const held = generations(folder, key);
    const last = held.at(-1) ?? 0;
    if (last > 0 && isHeld(join(folder, nameOf(key, last)))) return undefined;
    const token = randomUUID();
    const said = JSON.stringify({ ...thisProcess(), token, at: new Date().toISOString() });
    if (!makeOnce(folder, nameOf(key, last + 1), said)) return undefined;
    // Where the last one was given back meanwhile, somebody may have begun to count anew.
    const others = generations(folder, key).filter((generation) => generation !== last + 1);
    if (others.some((generation) => isHeld(join(folder, nameOf(key, generation))))) {
      rmSync(join(folder, nameOf(key, last + 1)), { force: true });
      return undefined;
    }
    return new Claim(folder, key, last + 1, token);
  }

  /** Whether nobody has taken it over, as from a holder that seemed to be gone. */
  get isHeld(): boolean {
    const last = generations(this.folder, this.key).at(-1);
    return last === this.generation && readClaim(this.path)?.token === this.token;
  }

  /** Gives it back. The lower ones go first: at each moment the highest is the one that counts. */
  release(): void {
    clearInterval(this.timer);
    for (const generation of generations(this.folder, this.key)) {
      if (generation <= this.generation)
        rmSync(join(this.folder, nameOf(this.key, generation)), { force: true });
    }
  }

  private get path(): string {
    return join(this.folder, nameOf(this.key, this.generation));
  }

  private renew(): void {
    try {
      const now = new Date();
      utimesSync(this.path, now, now);
    } catch {
      // Where the folder can't be written any more, the point's own file tells it.
    }
  }
}

/** Who runs a point now; undefined for nobody who lives. */
export function claimantOf(folder: string, key: string): Claimant | undefined {
  const last = generations(folder, key).at(-1);
  if (last === undefined) return undefined;
  const path = join(folder, nameOf(key, last));
  return isHeld(path) ? readClaim(path) : undefined;
}

/** The keys of all claims in a folder, also of those that nobody holds any more. */
export function claimedKeys(folder: string): ReadonlySet<string> {
  return new Set(readdirSync(folder).flatMap((name) => /^(.+)\.claim\.\d+$/.exec(name)?.[1] ?? []));
}

/** Takes away the claims of a point that needs none any more. */
export function dropClaims(folder: string, key: string): void {
  for (const generation of generations(folder, key))
    rmSync(join(folder, nameOf(key, generation)), { force: true });
}

function nameOf(key: string, generation: number): string {
  return `${key}.claim.${generation}`;
}

/** In their order. */
function generations(folder: string, key: string): readonly number[] {
  const start = `${key}.claim.`;
  return readdirSync(folder)
    .filter((name) => name.startsWith(start))
    .map((name) => Number(name.slice(start.length)))
    .filter((generation) => Number.isInteger(generation))
    .sort((a, b) => a - b);
}

function readClaim(path: string): Claimant | undefined {
  try {
    return content.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function isHeld(path: string): boolean {
  const claimant = readClaim(path);
  const alive = claimant && isAlive(claimant);
  if (alive !== undefined) return alive;
  try {
    return fileClock(path) - statSync(path).mtimeMs < SILENT_MS;
  } catch {
    // Given back meanwhile.
    return false;
  }
}

/** What time it is where the files are: clocks of machines differ. */
function fileClock(beside: string): number {
  const path = `${beside}.clock-${randomUUID()}`;
  try {
    writeFileSync(path, '');
    return statSync(path).mtimeMs;
  } finally {
    rmSync(path, { force: true });
  }
}

/** A file with its content, or not at all; false where one of its name is there. */
function makeOnce(folder: string, name: string, text: string): boolean {
  const draft = join(folder, `.${name}.${randomUUID()}`);
  try {
    writeFileSync(draft, text, { flag: 'wx' });
    try {
      linkSync(draft, join(folder, name));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return false;
      if (code === 'ENOSPC' || code === 'ENOENT' || code === 'EDQUOT') throw error;
      // A file system without links.
      writeFileSync(join(folder, name), text, { flag: 'wx' });
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
