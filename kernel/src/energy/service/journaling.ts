import { firstLine } from '../../errors';
import { openJournal, type JournalWriter } from '../journal/open-journal';
import type { WindowEnergy } from '../window';

/** The cell that a window belongs to. */
export interface WindowOwner {
  readonly requestId: string;
  readonly executionCount: number | undefined;
}

/** The environment variable that names the journal's file. */
const VARIABLE = 'HALFNOTE_ENERGY_JOURNAL';

/** The journal that the environment asks for. What hinders it is told once, and the work goes on. */
export function askedJournal(
  say: (message: string) => void,
  env: Readonly<Record<string, string | undefined>> = process.env,
): JournalWriter | undefined {
  const path = env[VARIABLE];
  if (path === undefined || path === '') return undefined;
  try {
    return openJournal(path, { onProblem: say });
  } catch (error) {
    say(`${firstLine(error)} Energy is measured without it.`);
    return undefined;
  }
}

/** Writes ended windows into a journal, each with the cell that it belongs to. */
export class Journaling {
  readonly #owners = new Map<number, WindowOwner>();

  constructor(private readonly journal: JournalWriter | undefined) {}

  /** To be called when a window begins. */
  own(id: number, owner: WindowOwner): void {
    if (this.journal !== undefined) this.#owners.set(id, owner);
  }

  ended(window: WindowEnergy): void {
    const { requestId, executionCount } = this.#owners.get(window.id) ?? {};
    // Where the session begins anew, those that are open end later.
    if (window.status !== 'open') this.#owners.delete(window.id);
    this.journal?.append({
      kind: 'window',
      window,
      ...(requestId === undefined || requestId === '' ? {} : { requestId }),
      ...(executionCount === undefined ? {} : { executionCount }),
    });
  }

  close(): void {
    this.journal?.close();
  }
}
