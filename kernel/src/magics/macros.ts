import { completeMagic } from './language/complete';
import { inspectMagic } from './language/help';
import { expandMagics, languageView } from './language/magics';

/** The magics as the kernel's session uses them. Pure: nothing is run. */
export const macros = {
  expand: expandMagics,
  view: languageView,
  complete: completeMagic,
  inspect: inspectMagic,
} as const;
