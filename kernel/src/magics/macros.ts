import { completeMagic } from './language/complete';
import { inspectMagic } from './language/help';
import { expandMagics, languageView } from './language/magics';
import { MAGICS } from './table';

/** The magics as the kernel's session uses them. Pure: nothing is run. */
export const macros = {
  expand: (code: string) => expandMagics(MAGICS, code),
  view: (code: string, offset: number) => languageView(MAGICS, code, offset),
  complete: (code: string, offset: number) => completeMagic(MAGICS, code, offset),
  inspect: (code: string, offset: number) => inspectMagic(MAGICS, code, offset),
} as const;
