import { firstLine } from '../../errors';
import { openJournal } from '../journal/open-journal';
import { JOURNAL_VARIABLE, type AskedJournal } from './journaling';

/** Opens the journal that the environment asks for. What hinders it is told once, and the work goes on. */
export function askedJournal(
  say: (message: string) => void,
  env: Readonly<Record<string, string | undefined>> = process.env,
): AskedJournal {
  const path = env[JOURNAL_VARIABLE];
  if (path === undefined || path === '') return {};
  try {
    return { journal: openJournal(path, { onProblem: say }) };
  } catch (error) {
    const problem = firstLine(error);
    say(`${problem} Energy is measured without it.`);
    return { problem };
  }
}
