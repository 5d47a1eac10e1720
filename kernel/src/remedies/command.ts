/** A command as its words, and where it is to run; without a folder, anywhere. */
export interface Command {
  readonly argv: readonly string[];
  readonly folder?: string;
}

/** What to do about something that is missing: in words, and as the command that they are made of. */
export interface Remedy {
  readonly hint: string;
  /** Only where a command does it without a decision of the user's. */
  readonly fix?: Command;
}

/** The remedy of a command that `does` something: `npm run setup (in /halfnote) installs TensorFlow.` */
export function byCommand(fix: Command, does: string): Remedy {
  return { hint: `${inWords(fix)} ${does}.`, fix };
}

/** A command as it is typed into a shell. */
export function inWords(
  { argv, folder }: Command,
  platform: NodeJS.Platform = process.platform,
): string {
  const words = argv.map((word) => quoted(word, platform)).join(' ');
  return folder === undefined ? words : `${words} (in ${folder})`;
}

function quoted(word: string, platform: NodeJS.Platform): string {
  if (/^[\w@%+=:,./\\-]+$/.test(word) && (platform === 'win32' || !word.includes('\\')))
    return word;
  return platform === 'win32' ? `"${word}"` : `"${word.replace(/["\\$`]/g, '\\$&')}"`;
}
