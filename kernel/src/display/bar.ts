import type { Fallback } from './fallback';
import { escapeHtml, plain } from './text';

const WIDTH = 24;

/** How far some work is; without a total nobody knows. */
export interface Done {
  readonly done: number;
  /** Less than `done` where more was done than was said. */
  readonly total: number | null;
}

/** A bar between what is done and how far it is; without a total there is none. */
export function progressBar(name: string, { done, total }: Done, state: string): Fallback {
  const element =
    total === null
      ? ''
      : `<progress max="${total}" value="${done}" style="vertical-align:middle"></progress>`;
  const filled = total === null ? 0 : Math.round(WIDTH * Math.min(1, done / Math.max(1, total)));
  const drawn = total === null ? '' : `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} `;
  return {
    // Where a front end drops label and bar, name and state are still apart.
    html:
      `<div style="font-variant-numeric:tabular-nums"><label><span>${escapeHtml(name)}</span> ${element}</label> ` +
      `<span>${escapeHtml(state)}</span></div>`,
    text: `${plain(name)} ${drawn}${plain(state)}`,
  };
}
