import type { TextView } from '../display/text-view';
import { helpView, listView } from './language/help';
import { MAGICS } from './table';

/** The help of one magic, as `%name?` shows it. Throws `unknown-magic`. */
export function magicHelp(name: string): TextView {
  return helpView(MAGICS, name);
}

/** All magics, as `%lsmagic` shows them. */
export function lsmagic(): TextView {
  return listView(MAGICS);
}
