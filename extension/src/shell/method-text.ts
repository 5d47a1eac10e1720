import type { TranslationBundle } from '@jupyterlab/translation';

/** How figures came about, in a word that says whether anything was measured. */
export function methodText(method: string, trans: TranslationBundle): string {
  switch (method) {
    case 'counter':
      return trans.__('measured (hardware counter)');
    case 'integrated power':
      return trans.__('measured (power over time)');
    case 'estimated':
      return trans.__('estimated (a share of what was measured)');
    case 'modelled':
      return trans.__('modelled (from a formula, not measured)');
    default:
      return method;
  }
}
