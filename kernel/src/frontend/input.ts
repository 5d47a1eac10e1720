import { host } from '../host';

export interface InputOptions {
  /** True: what is typed isn't shown. */
  readonly password?: boolean;
}

/**
 * Asks the user for a line of text: `const name = await input('Your name? ')`. In a plain script the
 * terminal asks.
 *
 * Rejects when the front end can't be asked (it runs the notebook unattended) or the cell has ended.
 */
export async function input(prompt = '', options: InputOptions = {}): Promise<string> {
  const { password = false } = options;
  const notebook = host();
  if (notebook === undefined) return (await import('./terminal.js')).ask(prompt, password);
  return (await notebook.call('input.request', { prompt, password })) as string;
}
