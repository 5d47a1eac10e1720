import type { Finding } from '../../doctor/view';
import { inWords, type Command } from '../../remedies/command';
import { counted } from '../../display/words';
import type { Outcome } from './command-run';

/** What `fix` needs of the world. */
export interface Hands {
  readonly print: (text: string) => void;
  /** Whether to go on; undefined where nobody can be asked. */
  readonly ask: (() => Promise<boolean>) | undefined;
  readonly run: (command: Command) => Promise<Outcome>;
  /** Looks again once all has run. */
  readonly again: Command;
}

/**
 * Runs the commands of what is missing, each once, after asking. Resolves whether nothing was left to do or
 * all of it was done.
 */
export async function fix(findings: readonly Finding[], hands: Hands): Promise<boolean> {
  const { print, ask, run, again } = hands;
  const missing = findings.filter(({ state }) => state === 'missing');
  const commands = distinct(missing.flatMap((finding) => finding.fix ?? []));
  const left = missing.filter((finding) => finding.fix === undefined);
  if (left.length > 0)
    print(`\nNo command does it for you: ${left.map(({ name }) => name).join(', ')}.`);
  if (commands.length === 0) {
    if (missing.length === 0) print('\nNothing to fix.');
    return missing.length === 0;
  }
  print(`\nTo fix what is missing, ${counted(commands.length, 'command')}:`);
  for (const command of commands) print(`  ${inWords(command)}`);
  if (ask === undefined) {
    print('Nothing was run: there is no terminal to ask on, and --yes is not given.');
    return false;
  }
  if (!(await ask())) {
    print('Nothing was run.');
    return false;
  }
  const outcomes: string[] = [];
  for (const command of commands) {
    print(`\n$ ${inWords(command)}`);
    const outcome = await run(command);
    outcomes.push(`${outcome === 0 ? 'done' : failed(outcome)}: ${inWords(command)}`);
    print(outcomes.at(-1) ?? '');
  }
  print('');
  await run(again);
  const isDone = outcomes.every((line) => line.startsWith('done'));
  return isDone && left.length === 0;
}

function failed(outcome: Outcome): string {
  return typeof outcome === 'number' ? `failed (exit code ${outcome})` : `failed (${outcome})`;
}

/** In their order; `npm run setup` may be what several findings ask for. */
function distinct(commands: readonly Command[]): Command[] {
  return [...new Map(commands.map((command) => [JSON.stringify(command), command])).values()];
}
