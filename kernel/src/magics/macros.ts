import { completeMagic } from './complete';
import { inspectMagic } from './help';
import { expandMagics, languageView } from './magics';

/** The magics as the kernel's session uses them. Pure: nothing is run. */
export const macros = {
  expand: expandMagics,
  view: languageView,
  complete: completeMagic,
  inspect: inspectMagic,
} as const;
