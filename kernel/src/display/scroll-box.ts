import { escapeHtml } from './text';

/**
 * `html` in a box of its own that scrolls where there is too little room, by the keyboard too.
 * `label` says to a screen reader what is in it.
 */
export function scrollBox(html: string, label: string): string {
  return `<div style="overflow-x:auto" tabindex="0" role="group" aria-label="${escapeHtml(label)}">${html}</div>`;
}
