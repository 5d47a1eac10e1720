import { existsSync, readFileSync } from 'node:fs';
import type { InputEvent } from './watched';

export interface ReadNotes {
  readonly events: readonly InputEvent[];
  /** What of them is lost, in words. */
  readonly problems: readonly string[];
}

/**
 * What the processes of a trial noted of files and seeds, in its order. A line that a full disk or the end of
 * a process cut short costs itself, not the trial.
 */
export function readNotes(path: string): ReadNotes {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const events = lines.filter((line) => line !== '').map(eventOf);
  const lost = events.filter((event) => event === undefined).length;
  return {
    events: events.filter((event) => event !== undefined),
    problems:
      lost === 0
        ? []
        : [
            `${lost} ${lost === 1 ? 'note' : 'notes'} of files or seeds can't be read: some inputs may be missing`,
          ],
  };
}

function eventOf(line: string): InputEvent | undefined {
  try {
    return JSON.parse(line) as InputEvent;
  } catch {
    return undefined;
  }
}
