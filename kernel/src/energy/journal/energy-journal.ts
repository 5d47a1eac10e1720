import { firstLine } from '../../errors';
import { TextView } from '../../display/text-view';
import { counted } from '../../display/words';
import { ask } from '../ask';
import { readJournal, type Journal } from './read-journal';
import type { JournalState } from './state';

const NONE =
  'No energy journal is kept. To keep one, name a file in HALFNOTE_ENERGY_JOURNAL before the kernel, or the script, starts.';
/** Problems that are named; the others are counted. */
const NAMED = 5;

/**
 * The energy journal of this session in words: where it is, what it holds, and whether its chain of
 * hashes is whole. `readJournal(path)` gives all of it as data.
 */
export async function energyJournal(): Promise<TextView> {
  return TextView.of(described((await ask('energy.journal', {})) as JournalState));
}

function described({ path, problem }: JournalState): string {
  const problems = problem === null ? [] : [problem];
  if (path === null) return [...problems, NONE].join('\n');
  return [`Energy journal: ${path}`, ...contents(path), ...problems].join('\n');
}

function contents(path: string): readonly string[] {
  try {
    const journal = readJournal(path);
    return [counts(journal), ...verdict(journal)];
  } catch (error) {
    return [firstLine(error)];
  }
}

function counts({ sessions }: Journal): string {
  const windows = sessions.reduce((total, session) => total + session.windows.length, 0);
  const latest = sessions.at(-1);
  const now = latest === undefined ? '' : `, ${latest.windows.length} of them of this session`;
  return `It holds ${counted(sessions.length, 'session')}: ${counted(windows, 'window')}${now}.`;
}

function verdict({ intact, problems }: Journal): readonly string[] {
  if (intact) return ['Its chain of hashes is whole.'];
  const more = problems.length - NAMED;
  return [
    'Its chain of hashes is not whole:',
    ...problems.slice(0, NAMED).map(({ message }) => `- ${message}`),
    ...(more > 0 ? [`- and ${counted(more, 'more problem')}`] : []),
  ];
}
