import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { HalfnoteError } from '../errors';
import { replaceFile } from '../files/replace-file';
import { Claim, claimantOf, claimedKeys, dropClaims, type Claimant } from './claim';
import { differences, pointsOf, sweepPlan, type Point, type SweepPlan } from './plan';

const PLAN = 'sweep.json';
const NOTEBOOK = 'notebook.ipynb';
const POINTS = 'points';
const HINT =
  'What is finished stays. Make room or name another folder with --to; the same command goes on.';

/** `waiting`: it hasn't run, or whoever ran it is gone. */
export type PointState = 'finished' | 'failed' | 'running' | 'waiting';

/** A point, where it stands, and who runs it. */
export interface ListedPoint {
  readonly point: Point;
  readonly state: PointState;
  readonly claimant: Claimant | undefined;
}

/**
 * A sweep on the disk: its plan, its notebook as it was then, and a notebook for each point that has run. A
 * point's file is its state, put in place by a rename; nothing else has to be kept in step with it.
 */
export class SweepFolder {
  readonly points: readonly Point[];

  private constructor(
    readonly path: string,
    readonly plan: SweepPlan,
  ) {
    this.points = pointsOf(plan);
  }

  /** @throws HalfnoteError `no-sweep` for a folder without one, or with one that can't be read. */
  static open(folder: string): SweepFolder {
    const path = resolve(folder);
    const plan = readPlan(path);
    if (plan !== undefined) return new SweepFolder(path, plan);
    throw new HalfnoteError(
      'no-sweep',
      `${folder} holds no sweep: there is no ${PLAN} in it`,
      'halfnote sweep <notebook> -p name=values --to <folder> makes one.',
    );
  }

  /**
   * Begins a sweep, or goes on with the same one.
   * @param notebook the notebook's text, which is kept beside the plan
   * @throws HalfnoteError `other-sweep` where the folder holds another one, `not-writable`.
   */
  static async begin(
    folder: string,
    plan: Omit<SweepPlan, 'notebook'>,
    notebook: { readonly path: string; readonly text: string },
  ): Promise<SweepFolder> {
    const path = resolve(folder);
    const asked = {
      ...plan,
      notebook: relative(path, resolve(notebook.path)).replaceAll('\\', '/'),
    };
    const there = readPlan(path);
    if (there !== undefined) {
      const differ = differences(there, asked);
      if (differ.length === 0) return new SweepFolder(path, there);
      throw new HalfnoteError(
        'other-sweep',
        `${folder} holds another sweep: ${differ.join('; ')}`,
        'Name another folder with --to.',
      );
    }
    const sweep = new SweepFolder(path, asked);
    await write(join(path, POINTS, '.keep'), '');
    await write(join(path, NOTEBOOK), notebook.text);
    // Last: a folder with a plan is whole.
    await write(join(path, PLAN), `${JSON.stringify(asked, null, 2)}\n`);
    return sweep;
  }

  /** The notebook as it was when the sweep began. */
  get notebookPath(): string {
    return join(this.path, NOTEBOOK);
  }

  /** The folder that points run in: the notebook's own. */
  get workingFolder(): string {
    return dirname(resolve(this.path, this.plan.notebook));
  }

  /** Where a point's notebook is, or will be. */
  fileOf({ key }: Point, ending: 'finished' | 'failed' = 'finished'): string {
    return join(this.path, POINTS, `${key}${ending === 'failed' ? '.failed' : ''}.ipynb`);
  }

  isFinished(point: Point): boolean {
    return existsSync(this.fileOf(point));
  }

  hasFailed(point: Point): boolean {
    return !this.isFinished(point) && existsSync(this.fileOf(point, 'failed'));
  }

  /** All points and their states, in the plan's order. */
  list(): readonly ListedPoint[] {
    const folder = join(this.path, POINTS);
    const files = new Set(readdirSync(folder));
    const claimed = claimedKeys(folder);
    return this.points.map((point) => {
      if (files.has(`${point.key}.ipynb`)) return { point, state: 'finished', claimant: undefined };
      const claimant = claimed.has(point.key) ? claimantOf(folder, point.key) : undefined;
      if (claimant !== undefined) return { point, state: 'running', claimant };
      const state = files.has(`${point.key}.failed.ipynb`) ? 'failed' : 'waiting';
      return { point, state, claimant };
    });
  }

  /** The right to run a point; undefined where another process, which lives, has it. */
  claim({ key }: Point): Claim | undefined {
    return Claim.take(join(this.path, POINTS), key);
  }

  /**
   * Puts a point's notebook in its place; one that failed before makes way.
   * @throws HalfnoteError `not-writable`.
   */
  async put(point: Point, ending: 'finished' | 'failed', text: string): Promise<void> {
    await write(this.fileOf(point, ending), text);
    if (ending === 'finished') rmSync(this.fileOf(point, 'failed'), { force: true });
  }

  /** Points that failed are to run again: their notebooks go. */
  forgetFailures(): void {
    for (const { point, state } of this.list()) {
      if (state === 'failed') rmSync(this.fileOf(point, 'failed'), { force: true });
    }
  }

  /** @throws HalfnoteError `other-sweep` where code or versions aren't those that it was made with. */
  requireSame(now: Pick<SweepPlan, 'sources' | 'versions'>): void {
    const differ = differences(this.plan, { ...this.plan, ...now });
    if (differ.length === 0) return;
    throw new HalfnoteError(
      'other-sweep',
      `${this.path} was made with others: ${differ.join('; ')}`,
      'Go on where these are the same, or begin another sweep in another folder.',
    );
  }

  /** Takes away what processes that are gone have left. */
  tidy(): void {
    const folder = join(this.path, POINTS);
    for (const key of claimedKeys(folder)) {
      if (claimantOf(folder, key) === undefined) dropClaims(folder, key);
    }
  }
}

function write(path: string, text: string): Promise<void> {
  return replaceFile(path, text, { hint: HINT });
}

/** Undefined where there is none. */
function readPlan(folder: string): SweepPlan | undefined {
  const path = join(folder, PLAN);
  if (!existsSync(path)) return undefined;
  try {
    return sweepPlan.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new HalfnoteError(
      'no-sweep',
      `${path} can't be read as the plan of a sweep`,
      'It was altered, or is of another version of Halfnote. Name another folder with --to.',
      { cause },
    );
  }
}
