import { homedir } from 'node:os';
import { parse } from 'node:path';

/**
 * The user's home. Where a container runs as a number without a name or a home, it is the root, as most
 * container platforms have it: what is to be kept there is not, and nothing fails.
 */
export function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return parse(process.cwd()).root;
  }
}
