import { join } from 'node:path';
import { packageRoot } from '../packages';

/** Where the declarations below seem to lie: with our own types, so that they are read as a library's. */
export const GLOBALS_FILE: string = join(packageRoot, 'dist', 'globals.d.ts');

/**
 * What cells have beside Node's globals (`process/globals.ts`). Declared in a script rather than a
 * module, so that a cell's own `input`, declared or imported, hides it as it does any other global.
 */
export const GLOBALS = `
/**
 * Asks the user for a line of text: \`const name = await input('Your name? ')\`.
 *
 * Rejects when the front end can't be asked (it runs the notebook unattended) or the cell has ended.
 * @param options.password True: what is typed isn't shown.
 */
declare function input(
  prompt?: string,
  options?: { readonly password?: boolean },
): Promise<string>;
`;
