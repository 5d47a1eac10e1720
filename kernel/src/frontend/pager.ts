import { host } from '../host';
import type { MimeBundle } from '../host';
import { toBundle } from '../display/display';

/**
 * Shows help in the front end's pager, or below the cell where there is none: it isn't kept with the
 * notebook. In a plain script it goes to the console.
 *
 * Rejects once the cell has ended, since its reply carries the page.
 */
export async function page(value: unknown): Promise<void> {
  const data: MimeBundle = toBundle(value);
  const notebook = host();
  if (notebook === undefined) console.log(data['text/plain'] ?? Object.keys(data).join(', '));
  else await notebook.call('payload.add', { source: 'page', data, start: 0 });
}
