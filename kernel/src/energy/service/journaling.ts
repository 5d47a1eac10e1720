import type { JournalWriter } from '../journal/open-journal';
import type { JournalState } from '../journal/state';
import type { WindowEnergy } from '../window';

/** The cell that a window belongs to. */
export interface WindowOwner {
  readonly requestId: string;
  readonly executionCount: number | undefined;
}

/** The environment variable that names the journal's file. */
export const JOURNAL_VARIABLE = 'HALFNOTE_ENERGY_JOURNAL';

/** The journal that the environment asks for. */
export interface AskedJournal {
  readonly journal?: JournalWriter | undefined;
  /** Why there is none though it was asked for. */
  readonly problem?: string;
}

/** Whether the environment asks for a journal. */
export function isJournalAsked(
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return Boolean(env[JOURNAL_VARIABLE]);
}

/** Writes ended windows into a journal, each with the cell that it belongs to. */
export class Journaling {
  readonly #owners = new Map<number, WindowOwner>();

  private readonly journal: JournalWriter | undefined;

  constructor(private readonly asked: AskedJournal) {
    this.journal = asked.journal;
  }

  /** Where it is kept, and what is wrong with that. */
  get state(): JournalState {
    const { path, lost } = this.journal ?? { path: null, lost: 0 };
    const lacks = `Records that could not be written: ${lost}. They are counted in it as soon as it can be written again.`;
    return { path, problem: lost > 0 ? lacks : (this.asked.problem ?? null) };
  }

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
